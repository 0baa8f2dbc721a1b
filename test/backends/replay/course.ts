import { expect } from 'vitest';
import type * as tf from '../../../tensors/index.ts';
import type { OpenBackend, OptimizerRule } from '../../../harness/contract/backend.ts';
import type { Batch } from '../../../harness/contract/data.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import type { Model } from '../../../harness/contract/model.ts';
import type { StepCounts } from '../../../harness/contract/step-replay.ts';
import type { TrainingPractice } from '../../../harness/contract/training-practice.ts';
import { randomBatches } from '../../../harness/batches/random-batches.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import type { MeasuredMemory } from '../../../harness/measuring/training-memory.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { Trainer, type TrainerSettings } from '../../../harness/training/trainer.ts';
import { zipfFields } from '../../layers.ts';

export const fields = zipfFields([3, 40, 700, 300, 6]);
export const denseFields = 4;
const size = 24;
const lossesAtOnce = 7;

/** Some steps of training, every number of which is told. */
export interface Course {
  /** Made anew for each training: plans may have a state of their own. */
  readonly plan: () => Plan;
  readonly model?: Model;
  readonly modelOptions?: Record<string, unknown>;
  readonly rule?: OptimizerRule;
  readonly dim?: number;
  readonly settings?: TrainerSettings & Pick<TrainingPractice, 'l2Rows'>;
  readonly batches?: readonly Batch[];
  readonly steps?: number;
  readonly rateFactor?: (step: number) => number;
  /** Called after a step, before the next. */
  /** Numbers that it returns belong to the outcome. */
  readonly between?: (trainer: Trainer, step: number) => void | Promise<void | Float32Array[]>;
}

export interface Outcome {
  readonly losses: readonly number[];
  /** Numbers that were read between steps. */
  readonly read: readonly Float32Array[];
  readonly weights: readonly Float32Array[];
  readonly maps: readonly Uint32Array[];
  readonly memory: MeasuredMemory;
  readonly counts: StepCounts | undefined;
}

/** Eight batches in turn, every fifth of them smaller than the others. */
export const batches = (() => {
  const whole = randomBatches(fields, denseFields, size, 8);
  const small = randomBatches(fields, denseFields, 7, 2);
  return [...whole.slice(0, 4), small[0], ...whole.slice(4), small[1]];
})();

/** The same batches, in arrays that the next ones are written to, as a reader of batches may do. */
function reader(): (batch: Batch) => Batch {
  const arrays = new Map<string, Float32Array | Uint32Array>();
  const into = <A extends Float32Array | Uint32Array>(name: string, values: A): A => {
    const key = `${name} ${values.length}`;
    const array = (arrays.get(key) ?? values.slice()) as A;
    arrays.set(key, array);
    array.set(values);
    return array;
  };
  return (batch) => ({
    ...batch,
    ...{
      dense: into('dense', batch.dense),
      ids: into('ids', batch.ids),
      labels: into('labels', batch.labels),
    },
  });
}

export async function trained(backend: OpenBackend, course: Course): Promise<Outcome> {
  const { model = dlrm, modelOptions = { bottom: [16], top: [16] }, rule = 'adagrad', dim = 8 } = course;
  const { settings = {}, steps = 24, rateFactor } = course;
  const embedding = new Embedding(course.plan(), backend, rule, 1, undefined, undefined, settings);
  const network = model.build(
    { denseFields, fields: fields.length, dim },
    model.options.parse(modelOptions),
    2,
  );
  const trainer = new Trainer(embedding, network, optimizers[rule], settings);
  const used = course.batches ?? batches;
  const readAgain = reader();
  const losses: number[] = [];
  const read: Float32Array[] = [];
  /** Losses that are not read yet: on a device, steps go on meanwhile. */
  const kept: tf.Scalar[] = [];
  for (let step = 0; step < steps; step++) {
    const factor = rateFactor ? { rateFactor: rateFactor(step) } : {};
    const loss = trainer.step(readAgain(used[step % used.length]), 0.05, {
      ...{ index: step, steps, heldOut: trainer.holdsOut(step), ...factor },
    });
    kept.push(loss);
    await trainer.afterStep();
    read.push(...((await course.between?.(trainer, step)) ?? []));
    if (kept.length < lossesAtOnce && step < steps - 1) continue;
    for (const one of kept.splice(0)) {
      losses.push((await one.data())[0]);
      one.dispose();
    }
  }
  const weights = await trainer.readWeights();
  const maps = (embedding.plan.maps ?? []).map(({ values }) => values.slice());
  const { memory, stepCounts: counts } = trainer;
  trainer.dispose();
  return { losses, read, weights, maps, memory, counts };
}

/** Trains on the tape and by replays, and expects the same bits. Returns how the steps of the second ran. */
export async function expectTheTape(backend: OpenBackend, course: Course): Promise<StepCounts> {
  const { replaySteps, ...tape } = backend;
  expect(replaySteps).toBeDefined();
  const { counts: none, ...expected } = await trained(tape, course);
  expect(none).toBeUndefined();
  const { counts, ...found } = await trained(backend, course);
  expect(found.losses).toEqual(expected.losses);
  const sameBits = (found: readonly Float32Array[], expected: readonly Float32Array[], what: string) =>
    found.forEach((floats, i) => {
      const [a, b] = [floats, expected[i]].map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)); // prettier-ignore
      expect(Buffer.compare(a, b), `${what} ${i}`).toBe(0);
    });
  sameBits(found.weights, expected.weights, 'weights');
  sameBits(found.read, expected.read, 'what was read');
  expect(found.maps).toEqual(expected.maps);
  expect(found.memory).toEqual(expected.memory);
  return counts!;
}
