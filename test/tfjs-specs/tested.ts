import type { Exported } from './bundle.ts';
import type { Exceptions, KnownFailure } from './compare.ts';
import { tensorflowExceptions, tensorflowFailures } from './tensorflow-exceptions.ts';
import { webgpuExceptions, webgpuFailures } from './webgpu-exceptions.ts';

/** A backend that passes every spec that cpu passes, but for the exceptions. */
export interface Tested extends Exported {
  readonly exceptions: Exceptions;
  readonly knownFailures?: readonly KnownFailure[];
  /** Tensors cannot be read at once: specs that do are left out, on cpu too. */
  readonly reading?: 'async';
  /** Names of the specs that the short form of the tests runs, where not all: those of kernels that are ours. */
  readonly own?: string;
}

/** Two specs move data from one cpu backend to another: nothing of a backend under another name would be in them. */
export const onlyForCpu: Exceptions = {
  'Switching cpu backends backend {} Move data from cpu1 to cpu2 backend': 'not run: for a backend named cpu',
  'Switching cpu backends backend {} can execute op with data from mixed backends':
    'not run: for a backend named cpu',
};

export const tested: readonly Tested[] = [
  { name: 'native', module: 'test/tfjs-specs/native.ts', exceptions: onlyForCpu },
  {
    name: 'tensorflow',
    module: 'backends/tensorflow/index.ts',
    exceptions: { ...onlyForCpu, ...tensorflowExceptions },
    knownFailures: tensorflowFailures,
  },
  {
    name: 'webgpu',
    module: 'test/tfjs-specs/webgpu.ts',
    exceptions: { ...onlyForCpu, ...webgpuExceptions },
    knownFailures: webgpuFailures,
    reading: 'async',
    // The others are kernels of tfjs-backend-webgpu, and most of the time is the software driver's, compiling them.
    own: '^(matmul|matmulBatch|fused matmul|dot|sum|concat2d|reluGrad|sigmoidCrossEntropy) ',
  },
];

/** The other backends, and why they are not tested. */
export const untested: Readonly<Record<string, string>> = {
  cpu: 'it is what the others are compared with',
  wasm: 'it is known to be a part of tfjs only: UnsortedSegmentSum, for one, is missing',
};
