import { availableParallelism } from 'node:os';
import * as tf from '../../tensors/index.ts';
import type { Backend, OpenBackend } from '../../harness/contract/backend.ts';
import { UserError } from '../../base/user-error.ts';
import { findCompiler, noCompiler } from '../compiler.ts';
import { type Addon, addonDigest, loadAddon, NotBuilt } from './addon.ts';
import { NativeBackend } from './backend.ts';
import { registerComputedTensor } from './kernels/computed-tensor.ts';
import { registerIndicesToFloats } from './kernels/indices-to-floats.ts';
import { registerCodewords } from './kernels/codewords.ts';
import { registerCrossFactors } from './kernels/cross-factors.ts';
import { registerCrossLayers } from './kernels/cross-layers.ts';
import { registerEstimates } from './kernels/estimates.ts';
import { registerFieldKernels } from './kernels/fields.ts';
import { registerPooledKernels } from './kernels/pooled.ts';
import { registerModelKernels } from './kernels/models.ts';
import { ownKernels } from './kernels/tfjs-kernels.ts';
import { registerPackedActivations } from './kernels/packed-activations.ts';
import { registerTrainingKernels } from './kernels/training.ts';
import { Fallbacks } from './kernels/fallbacks.ts';
import { missingRules } from './missing-rules.ts';
import { nativeIndexLoops } from './index-loops.ts';
import { nativeJoinedRows } from './joined-rows.ts';
import { ReplayedSteps } from '../replay/replayed-steps.ts';
import { NativeSteps } from './replay/native-steps.ts';
import { NativeRows } from './rows.ts';
import { gatherStored } from './stored-rows.ts';

/** The cost of going without it: README's table of speeds. */
const cost = 'several times slower';

/** Unasked, no more threads than this: nothing was measured beyond two. */
const maxDefaultThreads = 16;

/** Our own kernels, in C++ (source/): several threads, and the widest vectors the processor has. */
export const native: Backend = {
  name: 'native',
  title: 'C++ with threads and wide vectors',
  async probe() {
    try {
      const instructionSet = loadAddon().configure(1);
      return {
        usable: true,
        version: tf.version_core,
        detail: `${instructionSet}, ${defaultThreads()} thread(s) unless --threads says otherwise`,
      };
    } catch (error) {
      const detail = `${await whatToDo(error)}. Without it training runs on wasm, ${cost}`;
      return { usable: false, version: tf.version_core, detail };
    }
  },
  async open({ processes, threads = defaultThreads(processes) }) {
    return openWith(await load(), threads);
  },
};

export interface TestOptions {
  /** The widest that the processor has, where not given. */
  readonly instructionSet?: string;
  /** Overwrites memory as soon as it is given back. */
  readonly overwriteFreed?: boolean;
}

/** Opens the backend on an add-on of the caller's. */
export async function openWith(
  addon: Addon,
  threads: number,
  { instructionSet, overwriteFreed }: TestOptions = {},
): Promise<OpenBackend> {
  const instructions = addon.configure(threads, instructionSet);
  const lacksRules = missingRules(addon.rules());
  if (tf.findBackend('native') === null) {
    tf.registerBackend('native', () => new NativeBackend(addon, overwriteFreed), 0);
    registerTrainingKernels();
    registerPackedActivations();
    registerEstimates();
    registerFieldKernels();
    registerPooledKernels();
    registerModelKernels();
    registerCrossLayers();
    registerCrossFactors();
    registerCodewords();
    registerComputedTensor();
    registerIndicesToFloats();
    fallbacks.register(ownKernels);
  }
  await tf.setBackend('native');
  const backend = tf.backend() as NativeBackend;
  return {
    name: 'native',
    version: `${tf.version_core} ${instructions}`,
    threads,
    build: () => addonDigest(addon),
    ...(lacksRules.length > 0 && { lacksRules }),
    indexLoops: nativeIndexLoops(backend.addon, backend),
    replaySteps: () => new ReplayedSteps(new NativeSteps(backend)),
    createRows: (table, rule, seed) => new NativeRows(backend, table, rule, seed),
    joinedRows: nativeJoinedRows(backend),
    gatherStored: (table, bytes, indices) => gatherStored(backend, table, bytes, indices),
    fallbacks,
  };
}

const fallbacks = new Fallbacks();

async function load(): Promise<Addon> {
  try {
    return loadAddon();
  } catch (error) {
    throw new UserError(`the native backend does not work here: ${await whatToDo(error)}`);
  }
}

/** Why the add-on was not loaded, and what may help. */
async function whatToDo(error: unknown): Promise<string> {
  const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
  if (!(error instanceof NotBuilt)) return `${why}; npm run build:native -- --force may mend it`;
  if ((await findCompiler()) !== undefined) return `${why}: npm run build:native`;
  return `${why}: ${noCompiler()}; once there is one, npm run build:native`;
}

function defaultThreads(processes = 1): number {
  return Math.min(maxDefaultThreads, Math.max(1, Math.floor(availableParallelism() / processes)));
}
