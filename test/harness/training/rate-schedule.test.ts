import { describe, expect, test } from 'vitest';
import { parseDecay, type TrainingPractice } from '../../../harness/contract/training-practice.ts';
import { Plateau, plateauFloor } from '../../../harness/training/plateau.ts';
import { rateFactor } from '../../../harness/training/rate-schedule.ts';

const factors = (practice: TrainingPractice, steps: number, epochs = 1, perEpoch = steps) =>
  Array.from({ length: steps }, (_, step) =>
    rateFactor(step, { perEpoch, all: epochs * perEpoch }, practice),
  );

describe('the factor on the learning rate', () => {
  test('is exactly 1 where nothing is asked for', () => {
    expect(factors({}, 20)).toEqual(Array.from({ length: 20 }, () => 1));
  });

  test('rises over the share of an epoch, and is 1 from there on', () => {
    expect(factors({ warmUp: 0.2 }, 20)).toEqual([
      0.25,
      0.5,
      0.75,
      1,
      ...Array.from({ length: 16 }, () => 1),
    ]);
    expect(factors({ warmUp: 1 }, 4)).toEqual([0.25, 0.5, 0.75, 1]);
    // The number of epochs, an upper bound where training may end early, changes nothing.
    expect(factors({ warmUp: 0.2 }, 20, 7)).toEqual(factors({ warmUp: 0.2 }, 20));
    expect(factors({ warmUp: 0.01 }, 20)[0]).toBe(1); // less than half a step
  });

  test.each([
    ['linear:0', [1, 0.75, 0.5, 0.25]],
    ['linear:0.5', [1, 0.875, 0.75, 0.625]],
    ['cosine:0', [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2]],
  ] as const)('declines over all epochs: %s', (decay, expected) => {
    factors({ decay }, 4).forEach((factor, i) => expect(factor).toBeCloseTo(expected[i], 12));
    factors({ decay }, 8, 2, 4)
      .filter((_, i) => i % 2 === 0)
      .forEach((factor, i) => expect(factor).toBeCloseTo(expected[i], 12));
  });

  test('declines after warm-up, and stays at the floor past the run', () => {
    const of = (step: number) =>
      rateFactor(step, { perEpoch: 10, all: 20 }, { warmUp: 0.4, decay: 'linear:0.1' });
    expect([0, 3, 4].map(of)).toEqual([0.25, 1, 1]);
    expect(of(12)).toBeCloseTo(0.55, 12);
    expect([20, 21, 1000].map(of)).toEqual([0.1, 0.1, 0.1]);
  });

  test.each(['linear:0', 'cosine:0'] as const)('is never 0, not even past the end of %s', (decay) => {
    const of = (step: number) => rateFactor(step, { perEpoch: 10, all: 20 }, { decay });
    expect([20, 21, 1000].map(of)).toEqual([1e-6, 1e-6, 1e-6]);
    expect(of(19)).toBeGreaterThan(1e-6);
  });
});

test('a decay is a shape and a share', () => {
  expect(['linear', 'cosine:0.5', 'cosine:0', 'linear:1e-3', 'linear:.2'].map(parseDecay)).toEqual([
    'linear:0.01',
    'cosine:0.5',
    'cosine:0',
    'linear:0.001',
    'linear:0.2',
  ]);
  for (const text of ['', 'none', 'step', 'linear:', 'linear:1', 'linear:-1', 'linear:x', 'Linear'])
    expect(parseDecay(text)).toBeUndefined();
});

describe('a plateau', () => {
  const course = (practice: TrainingPractice, aucs: readonly number[], factor?: number) => {
    const plateau = new Plateau(practice, factor === undefined ? undefined : { factor, failures: 0 });
    return aucs.map((auc) => [plateau.add(auc), plateau.factor, plateau.over] as const);
  };

  test('without settings keeps the best epoch and changes nothing', () => {
    expect(course({}, [0.5, 0.6, 0.6, 0.5, 0.7])).toEqual([
      [true, 1, false],
      [true, 1, false],
      [false, 1, false],
      [false, 1, false],
      [true, 1, false],
    ]);
  });

  test("ends after epochs in a row without gain, and divides the rate at each: FuxiCTR's rule", () => {
    expect(course({ patience: 2, reduceOnPlateau: 10 }, [0.7, 0.6, 0.8, 0.8, 0.79])).toEqual([
      [true, 1, false],
      [false, 0.1, false],
      [true, 0.1, false],
      [false, 0.01, false],
      [false, 0.001, true],
    ]);
  });

  test('has a floor, and goes on from the factor of a stage before', () => {
    const [, , , last] = course({ reduceOnPlateau: 30 }, [0.7, 0.6, 0.6, 0.6]);
    expect(last).toEqual([false, plateauFloor, false]);
    expect(course({ reduceOnPlateau: 2 }, [0.7, 0.6], 0.5)[1]).toEqual([false, 0.25, false]);
  });
});
