import { optimizers } from '../../harness/optimizers/index.ts';
import { loadedPlugins } from '../../plugins/index.ts';
import { processArguments } from '../process-arguments.ts';
import { scaledKaggleFields } from '../described/kaggle.ts';
import type { Configuration } from './configurations.ts';
import { startLineProcess, type LineProcess } from './line-process.ts';
import type { Profiled, Timed } from './messages.ts';
import type { Reference } from './references.ts';
import { referencePrograms } from './programs.ts';
import type { Worker } from './candidate.ts';
import { denseFields } from './settings.ts';

/** The process of one of ours, with nothing opened yet. */
export function startWorker(signal: AbortSignal): LineProcess {
  const [options, file, args] = processArguments('suites/throughput/worker.ts');
  return startLineProcess(process.execPath, [...options, file, ...args], {}, signal);
}

/** Starts a configuration's process and builds its tables and network. Throws with the reason where that fails. */
export async function startConfiguration(configuration: Configuration, signal: AbortSignal): Promise<Worker> {
  const { backend, threads } = configuration;
  const worker = startWorker(signal);
  return built(worker, async () => {
    const plugins = loadedPlugins().map(({ use }) => use);
    await worker.ask({ type: 'open', backend, threads, plugins });
    await worker.ask({ type: 'build', configuration });
  });
}

/** The same for PyTorch. Threads are set before it starts: libraries read these variables while they load. */
export async function startReference(reference: Reference, signal: AbortSignal): Promise<Worker> {
  const { python, operationThreads, blasThreads, mode, device, precision } = reference;
  const { optimizer, scale, dim, model, modelOptions } = reference;
  const environment = {
    OMP_NUM_THREADS: String(operationThreads),
    OPENBLAS_NUM_THREADS: String(blasThreads),
    MKL_NUM_THREADS: String(blasThreads),
  };
  const process = startLineProcess(python, [referencePrograms[model]], environment, signal);
  return built(process, () =>
    process.ask({
      type: 'build',
      cardinalities: scaledKaggleFields(scale).map(({ cardinality }) => cardinality),
      denseFields,
      learningRate: optimizers[optimizer].learningRate,
      threads: operationThreads,
      ...{ mode, device, precision, optimizer, dim, model, modelOptions },
    }),
  );
}

async function built(process: LineProcess, build: () => Promise<unknown>): Promise<Worker> {
  try {
    await build();
  } catch (error) {
    await process.close();
    throw error;
  }
  return {
    time: async (turn) => (await process.ask<Timed>({ type: 'time', ...turn })).milliseconds,
    profile: async (batch, steps) => (await process.ask<Profiled>({ type: 'profile', batch, steps })).profile,
    close: () => process.close(),
  };
}
