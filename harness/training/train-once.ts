import type { StageOrder, StageShelf } from '../contract/stage-shelf.ts';
import type { MeasuredMemory } from '../measuring/training-memory.ts';
import type { Progress, TrainResult } from './train.ts';
import { readTrainedState, trainedStateOf, writeTrainedState } from './trained-state.ts';
import type { Trainer } from './trainer.ts';

/** The training of a stage, by this run or another one. */
export interface StageTrained {
  readonly result: TrainResult;
  readonly memory: MeasuredMemory;
  /** Seconds from the making of its tables to its end, in the run that trained it. */
  readonly seconds: number;
  /** The most memory that the process had held by then. */
  readonly peakRssBytes: number;
  /** The run that trained it, if it was another one. */
  readonly by?: string;
}

/** A stage but for its floats. */
interface StageFacts extends Omit<StageTrained, 'by'> {
  /** Steps that optimizers have counted. */
  readonly steps: readonly number[];
  readonly floats: number;
}

export interface StagePlace {
  readonly shelf: StageShelf;
  readonly name: string;
}

/**
 * Trains a stage, or brings the trainer into the state that another run has trained it to, bit by bit. `start`: when its
 * tables began to be made, by performance.now().
 */
export async function trainOnce(
  trainer: Trainer,
  place: StagePlace | undefined,
  start: number,
  train: (onProgress: (progress: Progress) => void) => Promise<TrainResult>,
  onProgress: (progress: Progress) => void = () => {},
): Promise<StageTrained> {
  const state = place && trainedStateOf(trainer);
  if (place === undefined || state === undefined) return trained(trainer, start, await train(onProgress));
  const waited = performance.now();
  const found = await place.shelf.take(place.name);
  if (found.type === 'missing') {
    const began = start + (performance.now() - waited);
    return await trainAndShelve(trainer, found, began, () =>
      train((progress) => {
        found.goesOn();
        onProgress(progress);
      }),
    );
  }
  try {
    const { steps, floats, ...facts } = found.facts as StageFacts;
    if (floats !== state.floats || steps.length !== state.steps.length)
      throw new Error(`a stage of ${floats} floats stands in the place of one of ${state.floats}`);
    readTrainedState(trainer, steps, (into) => found.read(into));
    const { samples, curve } = facts.result;
    onProgress({ samples, total: samples, points: curve });
    return { ...facts, by: found.run };
  } finally {
    found.close();
  }
}

async function trainAndShelve(
  trainer: Trainer,
  order: StageOrder,
  start: number,
  train: () => Promise<TrainResult>,
): Promise<StageTrained> {
  let done: StageTrained;
  try {
    done = trained(trainer, start, await train());
  } catch (error) {
    order.giveUp();
    throw error;
  }
  const { floats, steps } = trainedStateOf(trainer)!;
  const facts: StageFacts = { ...done, floats, steps };
  await order.put(facts, floats, (sink) => writeTrainedState(trainer, sink));
  return done;
}

function trained(trainer: Trainer, start: number, result: TrainResult): StageTrained {
  return {
    result,
    memory: trainer.memory,
    seconds: (performance.now() - start) / 1000,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}
