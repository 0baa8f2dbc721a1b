import type { Command } from 'commander';
import type { Decay, TrainingPractice } from '../../harness/contract/training-practice.ts';
import { recipes } from './recipes.ts';
import { choice, decayKind, numberAbove, share, wholeNumber } from './values.ts';

/** Options of training as practice has it: all but warm-up are off if absent. */
export interface PracticeOptions {
  /** The name of a recipe, whose values stand among the other options once it is applied. */
  readonly recipe?: string;
  readonly patience?: number;
  readonly reduceOnPlateau?: number;
  readonly warmUp?: number;
  readonly decay?: Decay | 'none';
  readonly l2Rows?: number;
  readonly l2Network?: number;
  readonly dropout?: number;
  readonly average?: number;
}

/**
 * Adagrad's first step moves every weight by the whole rate. With some seeds a network does not recover from that at 0.02, and
 * with warm-up none of 20 goes astray; at lower rates it costs nothing (docs/training.md).
 */
const usualWarmUp = 0.05;

/** The names of the options in code. */
export const practiceOptionNames = [
  'recipe',
  ...(['patience', 'reduceOnPlateau', 'warmUp', 'decay'] as const),
  ...(['l2Rows', 'l2Network', 'dropout', 'average'] as const),
] as const satisfies readonly (keyof PracticeOptions)[];

export function addPracticeOptions(command: Command): Command {
  const texts = recipes.map(({ name, about }) => `${name}: ${about}`);
  return command
    .addOption(
      choice(
        '--recipe <name>',
        `a convention of the field, whose settings other flags override; ${texts.join('; ')}`,
        recipes.map(({ name }) => name),
      ),
    )
    .option(
      '--patience <n>',
      'epochs in a row without a better validation AUC that end training (default: all epochs are trained)',
      wholeNumber(1),
    )
    .option(
      '--reduce-on-plateau <factor>',
      'divisor of the learning rate after an epoch without a better validation AUC (default: none)',
      numberAbove(1),
    )
    .option(
      '--warm-up <share>',
      "share of an epoch's steps over which the learning rate rises from 0; 0 for none",
      share({ one: true }),
      usualWarmUp,
    )
    .option(
      '--decay <kind>',
      'decline of the learning rate over the epochs: linear or cosine, to 0.01 of it or, as linear:0.1, to another share (default: none)',
      decayKind,
    )
    .option(
      '--l2-rows <lambda>',
      'half the squares of looked-up floats times this number, added to the loss of each sample (default: 0)',
      numberAbove(0, { itself: true }),
    )
    .option(
      '--l2-network <lambda>',
      "half the squares of the network's weights times this number, added to the loss (default: 0)",
      numberAbove(0, { itself: true }),
    )
    .option(
      '--dropout <rate>',
      "share of the hidden layers' outputs that a training step sets to 0 (default: 0)",
      share({ one: false }),
    )
    .option(
      '--average <share>',
      "share of an epoch's last steps whose mean of the weights is evaluated in place of the last weights; 0.05 is recommended (default: 0)",
      share({ one: true }),
    );
}

/** The settings that are on; 0 and none turn off what a default or a recipe turns on. */
export function chosenPractice(options: PracticeOptions): TrainingPractice {
  const { patience, reduceOnPlateau, warmUp, decay, l2Rows, l2Network, dropout, average } = options;
  return {
    ...(patience && { patience }),
    ...(reduceOnPlateau && { reduceOnPlateau }),
    ...(warmUp && { warmUp }),
    ...(decay && decay !== 'none' && { decay }),
    ...(l2Rows && { l2Rows }),
    ...(l2Network && { l2Network }),
    ...(dropout && { dropout }),
    ...(average && { average }),
  };
}
