import * as tf from '@tensorflow/tfjs';
import type { Backend } from '../../harness/contract/backend.ts';

/** A stand-in without any fault. */
export const renamed = cpuAs('renamed');

/** Its Relu lets everything through. */
export const broken = cpuAs('broken', ({ inputs: { x }, backend }) => {
  (backend as tf.MathBackendCPU).incRef((x as tf.TensorInfo).dataId);
  return x as tf.TensorInfo;
});

/** Its Relu ends the process, as a fault in an add-on does. */
export const deadly = cpuAs('deadly', () => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('not reached');
});

/** The cpu backend under another name, with all kernels or all but one. */
function cpuAs(name: string, relu?: tf.KernelFunc): Backend {
  return {
    name,
    title: 'cpu under another name',
    probe: () => Promise.resolve({ usable: true, version: tf.version_core, detail: '' }),
    async open() {
      tf.registerBackend(name, () => new tf.MathBackendCPU());
      tf.copyRegisteredKernels('cpu', name);
      if (relu !== undefined) {
        tf.unregisterKernel('Relu', name);
        tf.registerKernel({ kernelName: 'Relu', backendName: name, kernelFunc: relu });
      }
      await tf.setBackend(name);
      return { name, version: tf.version_core, threads: 1 };
    },
  };
}
