/** Ctrl-C or a polite kill. The message says what is kept. */
export class Interrupted extends Error {}

export interface Interruption {
  readonly signal: AbortSignal;
  /** From here on the first SIGINT or SIGTERM aborts the signal; a second one ends the process at once. */
  listen(): void;
}

/**
 * Preparing data keeps the process busy without a turn of the event loop, where a handler would never be called: until
 * `listen`, a signal ends the process, which loses nothing that is not prepared again.
 */
export function interruption(): Interruption {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    listen() {
      const abort = () => (controller.signal.aborted ? process.exit(130) : controller.abort());
      // Not `once`, which takes the listener away first: execa would find nobody listening and end the process.
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, abort);
    },
  };
}
