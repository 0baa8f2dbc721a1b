/** Ctrl-C or SIGTERM. The message says which results remain. */
export class Interrupted extends Error {}

export interface Interruption {
  readonly signal: AbortSignal;
  /** After this call the first SIGINT or SIGTERM aborts the signal; a second one ends the process at once. */
  listen(): void;
  /** After this call a signal ends the process again. */
  stopListening(): void;
}

/**
 * Preparing data blocks the event loop, so that a handler would never be called. Until `listen`, a signal ends the process;
 * only unfinished preparation is lost.
 */
export function interruption(): Interruption {
  const controller = new AbortController();
  const abort = () => (controller.signal.aborted ? process.exit(130) : controller.abort());
  const names = ['SIGINT', 'SIGTERM'] as const;
  return {
    signal: controller.signal,
    listen() {
      // `once` would remove the listener first: execa would then find no listener and end the process.
      for (const name of names) if (!process.listeners(name).includes(abort)) process.on(name, abort);
    },
    stopListening() {
      for (const name of names) process.removeListener(name, abort);
    },
  };
}
