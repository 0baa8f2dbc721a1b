/** Exit codes of a task (`work`), which schedulers read. Any other means that it may end otherwise when it is tried again. */
export const taskCode = {
  done: 0,
  /** A mistake that the next attempt would make again: no plan, other code, too few processors. */
  mistake: 2,
  /** A run failed, and is recorded: `resubmit` tries it again when somebody has looked at it. */
  runsFailed: 3,
} as const;
