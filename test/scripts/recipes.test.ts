import { describe, expect, test } from 'vitest';
import { benchCommand, type BenchOptions } from '../../scripts/options/bench-options.ts';
import { chosenPractice } from '../../scripts/options/practice-options.ts';
import { applyRecipe } from '../../scripts/options/recipes.ts';

/** The options of a command once its recipe is applied. */
function optionsOf(...args: string[]): BenchOptions {
  const command = benchCommand().parse(args, { from: 'user' });
  applyRecipe(command, command.opts<BenchOptions>().recipe);
  return command.opts<BenchOptions>();
}

describe('settings of training', () => {
  test('are off but for warm-up, and 0 and none turn them off', () => {
    expect(chosenPractice(optionsOf())).toEqual({ warmUp: 0.05 });
    const off = [
      '--warm-up',
      '0',
      '--decay',
      'none',
      '--l2-rows',
      '0',
      '--l2-network',
      '0',
      '--dropout',
      '0',
    ];
    expect(chosenPractice(optionsOf(...off))).toEqual({});
  });

  test.each([
    [['--warm-up', '1.1'], 'Expected a share of at least 0 and at most 1'],
    [['--warm-up', ''], 'Expected a share'],
    [['--dropout', '1'], 'Expected a share of at least 0 and below 1'],
    [['--decay', 'step'], '"step" is no decline: none, linear or cosine'],
    [['--reduce-on-plateau', '1'], 'Expected a number above 1'],
    [['--patience', '0'], 'Expected a whole number, at least 1'],
    [['--l2-rows', '-1'], 'Expected a number of at least 0'],
    [['--recipe', 'dlmr'], 'did you mean dlrm?'],
  ])('%s is refused', (args, message) => {
    const command = benchCommand().configureOutput({ writeErr: () => {} });
    expect(() => command.parse(args, { from: 'user' })).toThrow(message);
  });
});

describe('a recipe', () => {
  test('sets what the command does not', () => {
    expect(optionsOf('--recipe', 'fuxictr')).toMatchObject({
      ...{ protocol: 'random', epochs: 20, optimizer: ['adam'], learningRate: [0.001], batch: [4096] },
      ...{ patience: 2, reduceOnPlateau: 10, l2Rows: 1e-5, warmUp: 0 },
    });
    expect(optionsOf('--recipe', 'dlrm')).toMatchObject({
      ...{
        protocol: 'temporal',
        epochs: 1,
        optimizer: ['sgd'],
        learningRate: [0.1],
        batch: [128],
        warmUp: 0,
      },
    });
  });

  test('gives way to flags, also to those that say the default', () => {
    const given = ['--protocol', 'temporal', '--batch', '10000', '--patience', '3', '--warm-up', '0.05'];
    expect(optionsOf('--recipe', 'fuxictr', ...given)).toMatchObject({
      ...{ protocol: 'temporal', batch: [10000], patience: 3, warmUp: 0.05, epochs: 20 },
    });
  });

  test('drops what flags contradict', () => {
    const one = optionsOf('--recipe', 'fuxictr', '--epochs', '1');
    expect(chosenPractice(one)).toEqual({ l2Rows: 1e-5 });
    const sgd = optionsOf('--recipe', 'fuxictr', '--optimizer', 'sgd', '--decay', 'cosine');
    expect(sgd.learningRate).toBeUndefined();
    expect(chosenPractice(sgd)).toEqual({ patience: 2, l2Rows: 1e-5, decay: 'cosine:0.01' });
    expect(optionsOf('--recipe', 'dlrm', '--no-log-transform').logTransform).toBe(false);
  });
});
