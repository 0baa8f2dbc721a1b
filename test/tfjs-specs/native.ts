import { loadAddon } from '../../backends/native/addon.ts';
import { openWith } from '../../backends/native/index.ts';

/** The native backend, with memory overwritten as soon as it is given back: who reads it still, fails. */
export const native = {
  open: ({ threads = 2 }: { threads?: number }) => openWith(loadAddon(), threads, { overwriteFreed: true }),
};
