/** Ctrl-C or a polite kill. */
export class Interrupted extends Error {}

/** Aborts at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
