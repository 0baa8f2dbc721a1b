import * as tf from '../../tensors/index.ts';
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import type { Backend } from '../../harness/contract/backend.ts';
import { UserError } from '../../base/user-error.ts';
import { registerColumnSums } from './column-sums.ts';
import { registerMatMul } from './mat-mul.ts';
import { registerPairwiseDots } from './pairwise-dots.ts';
import { registerJoinFields } from './join-fields.ts';

/** tfjs's WebAssembly backend (XNNPACK, SIMD). Single-threaded in Node, whatever --threads says. */
export const wasm: Backend = {
  name: 'wasm',
  title: 'WebAssembly with SIMD, one thread',
  async probe() {
    try {
      await this.open({});
      return {
        usable: true,
        version: version_wasm,
        detail: 'SIMD, one thread (tfjs has no threads in Node)',
      };
    } catch (error) {
      return { usable: false, version: version_wasm, detail: String(error) };
    }
  },
  async open({ threads = 1 }) {
    if (threads !== 1)
      throw new UserError(
        `--threads ${threads}: the wasm backend has one thread in Node; leave --threads out`,
      );
    if (!(await withoutNewListeners(() => tf.setBackend('wasm'))))
      throw new UserError('the wasm backend did not start: run npm ci again');
    registerMatMul();
    registerPairwiseDots();
    registerJoinFields();
    registerColumnSums();
    return { name: 'wasm', version: version_wasm, threads: 1 };
  },
};

/**
 * The module's loader listens for uncaught exceptions, to rethrow them: Node then prints its source, one line of 36 kB,
 * in place of where the error was.
 */
async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  const result = await start();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'uncaughtException'))
      if (!before[i].has(listener)) process.removeListener(event, listener);
  });
  return result;
}
