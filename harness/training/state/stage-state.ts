import type { ByteSink } from '../../contract/checkpoints.ts';
import type { Plan } from '../../contract/method.ts';
import type { KeptArray, Remembered } from '../../contract/step-memory.ts';
import { sum } from '../../../base/sum.ts';
import { readSavedState, savedFloats, writeSavedState } from './best-epoch-state.ts';
import {
  assignRead,
  readTrainedState,
  tablesOf,
  trainedStateOf,
  writeTrainedState,
} from './trained-state.ts';
import type { Trainer } from '../trainer.ts';
import type { TrainerCourse } from '../training-course.ts';
import type { WeightAverage } from '../weight-average.ts';

/** All that training has changed in a process, in the midst of a stage or at its end, but for the numbers themselves. */
export interface StateFacts {
  /** See trainedStateOf. */
  readonly floats: number;
  readonly steps: readonly number[];
  readonly trainer: TrainerCourse;
  /** Floats of an earlier epoch that are kept; 0 if none are. */
  readonly saved: number;
  /** Lengths of maps that steps change. */
  readonly maps: readonly number[];
  /** Numbers that the plan remembers, and the types and lengths of arrays. */
  readonly memory: Readonly<Record<string, number | ArrayShape>>;
  /** Lengths of the estimates of gradients. */
  readonly estimates: readonly number[];
  /** The mean of weights so far: its snapshots, and the lengths of its arrays. */
  readonly average: { readonly count: number; readonly lengths: readonly number[] };
}

interface ArrayShape {
  readonly type: keyof typeof arrayTypes;
  readonly length: number;
}

const arrayTypes = { Float32Array, Float64Array, Uint8Array, Int32Array, Uint32Array };

/** The reason why the state of a trainer cannot be brought into another process; undefined if it can. */
export function whyNotKept(trainer: Trainer): string | undefined {
  const { plan } = trainer.embedding;
  if (plan.afterStep !== undefined && plan.memory === undefined)
    return 'its method does not say what it remembers from step to step';
  return tablesOf(trainer) ? undefined : "the backend's rows cannot be had in pieces";
}

/** The state of a trainer for which `whyNotKept` knows no reason. */
export function stateOf(
  trainer: Trainer,
  average?: WeightAverage,
): { readonly facts: StateFacts; readonly bytes: number } {
  const { plan } = trainer.embedding;
  const { floats, steps } = trainedStateOf(trainer)!;
  const { mean, count } = average?.soFar ?? { mean: [], count: 0 };
  const memory = Object.entries(remembered(plan));
  const facts: StateFacts = {
    ...{ floats, steps, trainer: trainer.course, saved: savedFloats(trainer) },
    maps: changingMaps(plan).map(({ length }) => length),
    memory: Object.fromEntries(memory.map(([name, value]) => [name, shapeOf(value)])),
    estimates: (trainer.estimates ?? []).map(({ size }) => size),
    average: { count, lengths: mean.map(({ length }) => length) },
  };
  const { maps, estimates, saved, average: means } = facts;
  const words = floats + saved + sum(maps) + sum(estimates) + sum(means.lengths);
  const arrays = memory.map(([, value]) => (typeof value === 'number' ? 0 : value.byteLength));
  return { facts, bytes: 4 * words + sum(arrays) };
}

export async function writeState(trainer: Trainer, average: WeightAverage | undefined, sink: ByteSink) {
  const { plan } = trainer.embedding;
  for (const value of Object.values(remembered(plan))) if (typeof value !== 'number') sink.write(value);
  await writeSavedState(trainer, sink);
  await writeTrainedState(trainer, sink);
  for (const map of changingMaps(plan)) sink.write(map);
  for (const estimate of trainer.estimates ?? []) sink.write(await estimate.data<'float32'>());
  for (const mean of average?.soFar.mean ?? []) sink.write(mean);
}

/** True if such a state can be one of this trainer, which has run no step. */
export function suits(trainer: Trainer, facts: StateFacts): boolean {
  const { floats, steps } = trainedStateOf(trainer)!;
  const maps = changingMaps(trainer.embedding.plan).map(({ length }) => length);
  const estimates = (trainer.estimates ?? []).map(({ size }) => size);
  return (
    floats === facts.floats &&
    steps.length === facts.steps.length &&
    maps.join() === facts.maps.join() &&
    estimates.join() === facts.estimates.join()
  );
}

/** Brings a trainer that has run no step into a state that was written, bit by bit. */
export function readState(
  trainer: Trainer,
  average: WeightAverage | undefined,
  facts: StateFacts,
  read: (into: ArrayBufferView) => void,
): void {
  const { plan } = trainer.embedding;
  const entries = Object.entries(facts.memory).map(([name, shape]): [string, number | KeptArray] => {
    if (typeof shape === 'number') return [name, shape];
    const array = new arrayTypes[shape.type](shape.length);
    read(array);
    return [name, array];
  });
  if (typeof plan.memory === 'object') plan.memory.write(Object.fromEntries(entries));
  if (facts.saved > 0) readSavedState(trainer, read);
  readTrainedState(trainer, facts.steps, read);
  for (const map of changingMaps(plan)) read(map);
  for (const estimate of trainer.estimates ?? []) assignRead(estimate, read);
  const mean = facts.average.lengths.map((length) => new Float32Array(length));
  mean.forEach(read);
  average?.goOnFrom({ mean, count: facts.average.count });
  trainer.goOnFrom(facts.trainer);
}

const remembered = ({ memory }: Plan): Remembered => (typeof memory === 'object' ? memory.read() : {});

/** Values of maps that steps may change. */
function changingMaps(plan: Plan): Uint32Array[] {
  const change = plan.afterStep !== undefined || plan.memory !== undefined;
  return change ? (plan.maps ?? []).map(({ values }) => values) : [];
}

function shapeOf(value: number | KeptArray): number | ArrayShape {
  if (typeof value === 'number') return value;
  const type = value.constructor.name as ArrayShape['type'];
  if (!(type in arrayTypes)) throw new TypeError(`a plan cannot remember an array of ${type}`);
  return { type, length: value.length };
}
