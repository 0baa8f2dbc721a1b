import { availableParallelism } from 'node:os';
import * as tf from '../../tensors/index.ts';
import type { Backend, OpenBackend } from '../../harness/contract/backend.ts';
import { UserError } from '../../base/user-error.ts';
import { cardNames } from './card.ts';
import { prepareEnvironment } from './environment.ts';
import { registerKernels } from './kernels.ts';
import { findInstallation, setUpCommand } from './installation.ts';
import { registerTensorflow } from './load.ts';
import { type Binding, Operations, type PackageBackend } from './operations.ts';
import { TensorflowRows } from './rows.ts';

/** TensorFlow's C++ library under tfjs (tfjs-node-gpu), once `npm run setup:tensorflow` has been run. */
export const tensorflow: Backend = {
  name: 'tensorflow',
  title: 'TensorFlow, on a CUDA card where set up for one',
  probe() {
    const found = findInstallation();
    if (found.type === 'absent')
      return Promise.resolve({ usable: false, version: tf.version_core, detail: found.reason });
    const { version, source, gpu } = found.record;
    const where = gpu ? 'on a CUDA card' : 'on the CPU, so --backend auto does not choose it';
    const detail = `TensorFlow ${version} from ${source}, ${where}`;
    return Promise.resolve({ usable: true, automatic: gpu, version: tf.version_core, detail });
  },
  async open({ processes, threads }) {
    const found = findInstallation();
    if (found.type === 'absent')
      throw new UserError(`the tensorflow backend does not work here: ${found.reason}`);
    return openWith(found.binding, threads, processes);
  },
};

/** The library that this process has loaded: there is one TensorFlow in it, whose threads are its own from then on. */
let loaded: { readonly file: string; readonly binding: Binding; readonly threads: number } | undefined;

export interface OpenTensorflow extends OpenBackend {
  /** TensorFlow's version. */
  readonly library: string;
  /** True if it computes on a graphics card. */
  readonly gpu: boolean;
}

/** Opens the backend on an add-on of the caller's. */
export async function openWith(file: string, threads?: number, processes = 1): Promise<OpenTensorflow> {
  loaded ??= load(file, threads ?? Math.max(1, Math.floor(availableParallelism() / processes)));
  if (loaded.file !== file) throw new Error(`this process has loaded ${loaded.file} already`);
  if (threads !== undefined && threads !== loaded.threads)
    throw new UserError(
      `--threads ${threads}: TensorFlow has ${loaded.threads} in this process since it was loaded`,
    );
  await tf.setBackend('tensorflow');
  const { binding } = loaded;
  const library = binding.TF_Version;
  const gpu = binding.isUsingGpuDevice();
  const operations = new Operations(tf.backend() as unknown as PackageBackend);
  if (tf.getKernel('DenseLayerGradInput', 'tensorflow') === undefined) registerKernels(operations);
  return {
    name: 'tensorflow',
    version: [tf.version_core, 'TensorFlow', library, ...(gpu ? ['GPU', cardNames()] : ['CPU'])]
      .join(' ')
      .trim(),
    threads: loaded.threads,
    library,
    gpu,
    createRows: (table, rule, seed) => new TensorflowRows(operations, table, rule, seed),
    ...(gpu && { synchronize }),
  };
}

/** A card computes what it is asked for in order: with this read, all before is done. */
async function synchronize(): Promise<void> {
  const last = tf.tidy(() => tf.add(tf.scalar(1), 1));
  await last.data();
  last.dispose();
}

function load(file: string, threads: number) {
  prepareEnvironment(threads);
  try {
    return { file, binding: registerTensorflow(file), threads };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UserError(`TensorFlow's library was not loaded: ${why}; ${setUpCommand} may mend it`);
  }
}
