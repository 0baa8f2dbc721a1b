import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Data } from '../../harness/contract/data.ts';
import type { Plan } from '../../harness/contract/method.ts';
import type { Model } from '../../harness/contract/model.ts';
import { trainedBytes } from '../../harness/contract/size.ts';
import {
  isOnDevice,
  type NeededMemory,
  neededMemory,
  totalOf,
} from '../../harness/measuring/needed-memory.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import type { Job } from '../job.ts';
import { memoryLimit } from './memory-limit.ts';
import type { Message } from './worker-protocol.ts';

/** A run that is about to start in this process. */
export interface StartingRun {
  readonly data: Data;
  readonly plan: Plan;
  readonly model: Model;
  readonly backend: OpenBackend;
}

/** The ending of a run that would take more memory than the limit; undefined if it fits. */
export function tooLarge(
  job: Job,
  run: StartingRun,
  limitBytes: number,
): Extract<Message, { type: 'too large' }> | undefined {
  // A network for rows of such a width may be too large to be built and measured.
  const ofTables = isOnDevice(run.backend) ? 0 : trainedBytes(run.plan);
  if (ofTables > Math.max(limitBytes, memoryLimit())) {
    const reason = `training would take ${gigabytes(ofTables)} for tables alone, the run may take ${gigabytes(limitBytes)}`;
    return { type: 'too large', reason, neededBytes: ofTables, limitBytes };
  }
  const needed = neededBy(job, run);
  const neededBytes = totalOf(needed);
  if (neededBytes <= limitBytes) return undefined;
  const reason = `training would take ${gigabytes(neededBytes)} of memory (${words(needed)}), the run may take ${gigabytes(limitBytes)}`;
  return { type: 'too large', reason, neededBytes, limitBytes };
}

/** The memory of a run, as far as its first plan tells. `processBytes`: what the process takes without it. */
export function neededBy(
  job: Job,
  { data, plan, model, backend }: StartingRun,
  processBytes = process.memoryUsage.rss(),
): NeededMemory {
  const { dim, modelOptions, activations, gradients } = job;
  const shape = { denseFields: data.denseFields.length, fields: data.fields.length, dim };
  const network = model.build(shape, model.options.parse(modelOptions), 0);
  try {
    return neededMemory({
      ...{ data, plan, network, dim, processBytes },
      ...{ batchSize: job.batchSize, epochs: job.epochs, rule: optimizers[job.optimizer] },
      ...(job.average !== undefined && { average: job.average }),
      ...{ activations, gradients },
      onDevice: isOnDevice(backend),
    });
  } finally {
    network.variables.forEach((variable) => variable.dispose());
  }
}

/** The two largest kinds beside the process. */
function words({ trainedBytes, betweenBytes }: NeededMemory): string {
  const between = betweenBytes > 0 ? `, ${gigabytes(betweenBytes)} for what comes after it` : '';
  return `${gigabytes(trainedBytes)} for tables, network and optimizer state${between}`;
}

/** `3.1 GB`, `0.05 GB` */
function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} GB`;
}
