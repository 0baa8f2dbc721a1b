import { decayParts, type TrainingPractice } from '../contract/training-practice.ts';

/** The steps of a run's training, by which schedules go. */
export interface RunSteps {
  readonly perEpoch: number;
  /** Steps of all epochs that the run was asked for. */
  readonly all: number;
}

/** The factor past the end of a decay to 0. Stages may take steps there, and FTRL divides by the rate. */
const leastFactor = 1e-6;

/**
 * The factor on the learning rate in a step, counted from 0 since the network was fresh.
 *
 * Warm-up over W steps, W being its share of the steps of one epoch, rounded: (step + 1) / W in step 0 to W - 1 (Goyal et al.,
 * Accurate, Large Minibatch SGD, 2017, section 2.2, from 0). Decay from 1 to its floor over the steps that follow up to the
 * last of the run's epochs; the floor is reached by the step after that one, and kept from there on, or `leastFactor` where it is 0. Linear: 1 - (1 - floor) t;
 * cosine: floor + (1 - floor) (1 + cos(pi t)) / 2 (Loshchilov & Hutter, SGDR, ICLR 2017, equation 5, without restarts).
 */
export function rateFactor(
  step: number,
  { perEpoch, all }: RunSteps,
  { warmUp = 0, decay }: Pick<TrainingPractice, 'warmUp' | 'decay'>,
): number {
  const rising = Math.round(warmUp * perEpoch);
  if (step < rising) return (step + 1) / rising;
  if (decay === undefined) return 1;
  const { shape, floor } = decayParts(decay);
  const t = Math.min(1, (step - rising) / Math.max(1, all - rising));
  const left = shape === 'linear' ? 1 - t : (1 + Math.cos(Math.PI * t)) / 2;
  return floor + (1 - floor) * left || leastFactor;
}
