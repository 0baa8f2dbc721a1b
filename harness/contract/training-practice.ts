/**
 * Settings of training as practice has it, the same for every method of a comparison. A setting that is absent is off, so
 * that plain training is {}.
 */
export interface TrainingPractice {
  /** Epochs in a row without a better validation AUC after which a stage ends. */
  readonly patience?: number;
  /** The learning rate is divided by this number after every epoch without a better validation AUC. */
  readonly reduceOnPlateau?: number;
  /** Share of the steps of an epoch over which the learning rate rises linearly from 0. */
  readonly warmUp?: number;
  /** Decline of the learning rate over the run's epochs. */
  readonly decay?: Decay;
  /** Factor of half the squares of all floats that embed() looks up in tables, as a mean over the samples of a batch. */
  readonly l2Rows?: number;
  /** Factor of half the squares of the network's weights; biases have none. */
  readonly l2Network?: number;
  /** Share of the outputs of hidden layers that a training step sets to 0. */
  readonly dropout?: number;
  /** Share of an epoch's last steps whose mean of the weights is evaluated in their place. */
  readonly average?: number;
  /** Numbers of the optimizer's rule beside the learning rate, where they differ from its defaults. */
  readonly optimizerOptions?: Readonly<Record<string, number>>;
}

/** The settings in the order in which texts list them. */
export const practiceNames = [
  ...(['patience', 'reduceOnPlateau', 'warmUp', 'decay'] as const),
  ...(['l2Rows', 'l2Network', 'dropout', 'average', 'optimizerOptions'] as const),
] as const satisfies readonly (keyof TrainingPractice)[];

/** The settings among others that are on. */
export function practiceOf(settings: TrainingPractice): TrainingPractice {
  return Object.fromEntries(
    practiceNames.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]),
  );
}

export const decayShapes = ['linear', 'cosine'] as const;
type DecayShape = (typeof decayShapes)[number];

/** A shape and the share of the learning rate at which it ends: `linear:0.01`. */
export type Decay = `${DecayShape}:${number}`;

/** The end of a decay that names none. Stages may take more than the run's epochs: at 0 they would train nothing. */
const usualFloor = 0.01;

/** Undefined if the text means none. `linear` is short for `linear:0.01`. */
export function parseDecay(text: string): Decay | undefined {
  const [, shape, end] = /^([a-z]+)(?::(\d*\.?\d+(?:e-?\d+)?))?$/.exec(text) ?? [];
  const known = decayShapes.find((name) => name === shape);
  const floor = end === undefined ? usualFloor : Number(end);
  return known !== undefined && floor < 1 ? `${known}:${floor}` : undefined;
}

export function decayParts(decay: Decay): { readonly shape: DecayShape; readonly floor: number } {
  const [shape, floor] = decay.split(':');
  return { shape: shape as DecayShape, floor: Number(floor) };
}
