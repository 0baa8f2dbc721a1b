import type { StageOrder, StageShelf } from '../../contract/stage-shelf.ts';
import type { Progress, TrainResult } from '../train.ts';
import type { StageMeter } from './stage-meter.ts';
import type { StageTrained } from './stage-outcome.ts';
import { readTrainedState, trainedStateOf, writeTrainedState } from '../state/trained-state.ts';
import type { Trainer } from '../trainer.ts';

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

/** Trains a stage, or brings the trainer into the state that another run has trained it to, bit by bit. */
export async function trainOnce(
  trainer: Trainer,
  place: StagePlace | undefined,
  meter: StageMeter,
  train: (onProgress: (progress: Progress) => void) => Promise<TrainResult>,
  onProgress: (progress: Progress) => void = () => {},
): Promise<StageTrained> {
  const state = place && trainedStateOf(trainer);
  if (place === undefined || state === undefined) return trained(trainer, meter, await train(onProgress));
  const found = await meter.pause(() => place.shelf.take(place.name));
  if (found.type === 'missing')
    return await trainAndShelve(trainer, found, meter, () =>
      train((progress) => {
        found.goesOn();
        onProgress(progress);
      }),
    );
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
  meter: StageMeter,
  train: () => Promise<TrainResult>,
): Promise<StageTrained> {
  let done: StageTrained;
  try {
    done = trained(trainer, meter, await train());
  } catch (error) {
    order.giveUp();
    throw error;
  }
  const { floats, steps } = trainedStateOf(trainer)!;
  const facts: StageFacts = { ...done, floats, steps };
  await order.put(facts, floats, (sink) => writeTrainedState(trainer, sink));
  return done;
}

function trained(trainer: Trainer, meter: StageMeter, result: TrainResult): StageTrained {
  const { seconds, peakRssBytes } = meter;
  return { result, memory: trainer.memory, seconds, peakRssBytes };
}
