import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auc } from '../../../harness/metrics/auc.ts';
import { scoresOf } from '../../../harness/metrics/scores.ts';
import { spreadOf } from '../../../harness/metrics/spread.ts';

const f32 = (...values: number[]) => Float32Array.from(values);

/** The definition, pair by pair. */
function aucByPairs(scores: Float32Array, labels: readonly number[]): number {
  let wins = 0;
  let pairs = 0;
  for (let i = 0; i < scores.length; i++)
    for (let j = 0; j < scores.length; j++)
      if (labels[i] === 1 && labels[j] === 0) {
        pairs++;
        wins += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      }
  return wins / pairs;
}

describe('AUC', () => {
  test.each([
    ['perfect', f32(0.1, 0.2, 0.8, 0.9), [0, 0, 1, 1], 1],
    ['reversed', f32(0.9, 0.8, 0.2, 0.1), [0, 0, 1, 1], 0],
    ['all tied', f32(0.5, 0.5, 0.5, 0.5), [0, 1, 0, 1], 0.5],
    ['one pair tied of four', f32(0.1, 0.5, 0.5, 0.9), [0, 0, 1, 1], 0.875],
    ['negative scores, -0 ties with 0', f32(-3, -0, 0, 2), [0, 0, 1, 1], 0.875],
  ])('%s', (_name, scores, labels, expected) => expect(auc(scores, labels)).toBe(expected));

  test('is NaN where a class is missing or a score is not a number', () => {
    expect(auc(f32(0.1, 0.2), [1, 1])).toBeNaN();
    expect(auc(f32(0.1, NaN), [0, 1])).toBeNaN();
  });

  test('is the share of pairs in order, for any scores with ties', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: 0, max: 1 })), {
      minLength: 2,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, (rows) => {
        const scores = Float32Array.from(rows, ([score]) => score / 3);
        const labels = rows.map(([, label]) => label);
        const expected = aucByPairs(scores, labels);
        if (Number.isNaN(expected)) expect(auc(scores, labels)).toBeNaN();
        else expect(auc(scores, labels)).toBeCloseTo(expected, 12);
      }),
    );
  });

  test('takes a million rows in a second or so', () => {
    const scores = Float32Array.from({ length: 1e6 }, (_, i) => ((i * 7919) % 1e6) / 1e6);
    const labels = Uint8Array.from({ length: 1e6 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const start = performance.now();
    auc(scores, labels);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test('scores worked by hand', () => {
  const scores = scoresOf(f32(0.25, 0.75, 0.75, 0.25), [0, 1, 0, 0]);
  const logloss = (-3 * Math.log(0.75) - Math.log(0.25)) / 4 + (Math.log(0.75) - Math.log(0.75)) / 4;
  expect(scores.logloss).toBeCloseTo(logloss, 6);
  expect(scores.accuracy).toBe(0.75);
  expect(scores.calibration).toBe(2);
  expect(scores.auc).toBe(2.5 / 3);
  const entropy = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));
  expect(scores.normalizedEntropy).toBeCloseTo(logloss / entropy, 6);
});

test('certain and wrong costs a finite loss', () => {
  expect(scoresOf(f32(0, 1), [1, 0]).logloss).toBeCloseTo(-Math.log(1e-7), 5);
});

test('always saying .2562 on Criteo costs .5690', () => {
  const labels = Uint8Array.from({ length: 10_000 }, (_, i) => (i < 2562 ? 1 : 0));
  const scores = scoresOf(new Float32Array(10_000).fill(0.2562), labels);
  expect(scores.logloss).toBeCloseTo(0.569, 4);
  expect(scores.normalizedEntropy).toBeCloseTo(1, 6);
  expect(scores.auc).toBe(0.5);
});

test('median and MAD', () => {
  expect(spreadOf([1, 2, 3, 4, 100])).toEqual({ median: 3, mad: 1, count: 5 });
  expect(spreadOf([4, 2])).toEqual({ median: 3, mad: 1, count: 2 });
  expect(() => spreadOf([])).toThrow(RangeError);
});
