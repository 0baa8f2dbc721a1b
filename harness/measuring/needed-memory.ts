import type { OpenBackend } from '../contract/backend.ts';
import type { Data } from '../contract/data.ts';
import type { Plan, Serving, Table } from '../contract/method.ts';
import { sizeOf, tableFloats, weightFloats } from '../contract/size.ts';
import { expectedMemory, type TrainingForm, type TrainingMemory } from './training-memory.ts';

/** The most bytes that a run's process holds at once, by kind. An estimate, made before anything is trained. */
export interface NeededMemory {
  /** The process before its tables are made, with code, the counts of ids and the plan's maps. */
  readonly processBytes: number;
  /** The runtime beside arrays while it trains: compiled code, objects that are not collected yet. */
  readonly runtimeBytes: number;
  /** Batches, the tensors of a step and their gradients. */
  readonly stepBytes: number;
  /** Probabilities, labels and sorted keys of the larger of the validation and the test part. */
  readonly scoreBytes: number;
  /** Tables, network and optimizer state of the stage that is known, and copies that are kept of the best epoch or averaged. */
  readonly trainedBytes: number;
  /** Bytes beside these at the end of the stage: copies for the next one or for the served form. */
  readonly betweenBytes: number;
}

export interface NeedingRun extends Omit<TrainingForm, 'batchSize'> {
  readonly data: Pick<Data, 'rows' | 'fields' | 'denseFields'>;
  readonly dim: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** The share of an epoch that is averaged, where an average was asked for. */
  readonly average?: number;
  /** Bytes of the process at this time. */
  readonly processBytes: number;
  /** True if tables and tensors are on a device, whose memory is not counted here. */
  readonly onDevice: boolean;
}

/** Measured on small runs (test/speed/needed-memory.ts): from a run's first step to its end. */
const runtimeBytes = 55e6;

/** Bytes of scoring by row: a probability, a label, a double that is sorted, and the copy that sorting makes; and masks by frequency. */
const bytesPerScore = 40;

/** Arrays of a batch's size and the model's width in each field that a step holds at once: values, gradients, sums. */
const arraysOfVectors = 8;

export function neededMemory(run: NeedingRun): NeededMemory {
  const { plan, data, onDevice, processBytes } = run;
  const batchSize = Math.min(run.batchSize, data.rows.train);
  const expected = expectedMemory({ ...run, batchSize });
  const vectors = 4 * batchSize * data.fields.length * run.dim;
  const held = onDevice ? 0 : heldBytes(run, expected);
  return {
    processBytes,
    runtimeBytes,
    stepBytes: onDevice
      ? 0
      : arraysOfVectors * vectors + 1.5 * expected.layerBytes + 2 * expected.gradientBytes,
    scoreBytes: bytesPerScore * Math.max(data.rows.validation, data.rows.test),
    trainedBytes: held,
    betweenBytes: betweenBytes(plan),
  };
}

export function totalOf(memory: NeededMemory): number {
  const kinds: readonly number[] = Object.values(memory);
  return Math.ceil(kinds.reduce((sum, bytes) => sum + bytes, 0));
}

export const isOnDevice = ({ synchronize }: Pick<OpenBackend, 'synchronize'>): boolean =>
  synchronize !== undefined;

/** Copies of the best epoch are of rows, weights and maps; an average has a sum of its own, and the weights that it stands for. */
function heldBytes({ plan, epochs, average }: NeedingRun, expected: TrainingMemory): number {
  const { tableBytes, networkBytes, stateBytes } = expected;
  const copied = tableBytes + networkBytes;
  const keepsBest = epochs * (plan.training?.share ?? 1) > 1;
  const copies = (keepsBest ? 1 : 0) + (average !== undefined && plan.afterStep === undefined ? 2 : 0);
  return copied + stateBytes + copies * copied;
}

/** Copies of tables that methods hold between stages: as they were read, and the contents of the next ones. */
const copiesBetween = 2;

/**
 * Between stages all tables are there again, as they were trained and as the next ones begin; state may be carried in their place. A table that is
 * served otherwise than it is trained is read as a whole, and encoded beside it.
 */
function betweenBytes(plan: Plan): number {
  const served = plan.serving ?? plan;
  const encoded = served.tables.some(({ stored }) => stored) ? sizeOf(plan).servingBytes : 0;
  const largest = Math.max(0, ...served.tables.filter(({ stored }) => stored).map(floatBytes));
  if (plan.next === undefined) return encoded + largest;
  return copiesBetween * floatsOf(plan) + Math.max(encoded, largest);
}

const floatBytes = (table: Table) => 4 * tableFloats(table);

function floatsOf({ tables, weights = [] }: Serving): number {
  return [...tables.map(floatBytes), ...weights.map((weight) => 4 * weightFloats(weight))].reduce(
    (sum, bytes) => sum + bytes,
    0,
  );
}
