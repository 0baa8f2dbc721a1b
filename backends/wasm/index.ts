import * as tf from '@tensorflow/tfjs';
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import type { Backend } from '../../harness/contract/backend.ts';
import { Fault } from '../../harness/contract/fault.ts';
import { registerVectorKernels } from './vectors.ts';
import { registerMatMul } from './mat-mul.ts';
import { registerPairwiseDots } from './pairwise-dots.ts';
import { registerProjectFields } from './project-fields.ts';

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
      throw new Fault(`--threads ${threads}: the wasm backend has one thread in Node; leave --threads out`);
    if (!(await tf.setBackend('wasm'))) throw new Fault('the wasm backend did not start: run npm ci again');
    registerMatMul();
    registerPairwiseDots();
    registerProjectFields();
    registerVectorKernels();
    return { name: 'wasm', version: version_wasm, threads: 1 };
  },
};
