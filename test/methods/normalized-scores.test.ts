import * as tf from '../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { random } from '../../base/random.ts';
import { closeness } from '../../harness/ops/nearest-codewords.ts';
import {
  normalizedCodes,
  normalizedScores,
  scoreStatistics,
} from '../../methods/shared/learned-codes/normalized-scores.ts';

beforeAll(async () => {
  await cpu.open({});
});

const [queries, codewords, width] = [40, 5, 3];
const stream = random(3);
const draw = (count: number, scale: number) => Float32Array.from({ length: count }, () => scale * stream.normal()); // prettier-ignore
const asked = draw(queries * width, 0.01);
const codebook = draw(codewords * width, 0.005);
codebook.fill(0, 0, width); // near to all queries

/** Squared distances in doubles, less their mean, by their deviation, negated. */
function oracle(rows: readonly number[]): number[][] {
  const distance = (row: number, code: number) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (asked[row * width + k] - codebook[code * width + k]) ** 2;
    return sum;
  };
  return Array.from({ length: queries }, (_, row) =>
    Array.from({ length: codewords }, (_, code) => {
      const all = rows.map((other) => distance(other, code));
      const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
      const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length;
      return (mean - distance(row, code)) / Math.sqrt(variance);
    }),
  );
}

const everyRow = Array.from({ length: queries }, (_, row) => row);
const scoresOf = (tiers?: Parameters<typeof normalizedScores>[2]) =>
  tf.tidy(() => {
    const q = tf.tensor3d(asked, [1, queries, width]);
    const c = tf.tensor3d(codebook, [1, codewords, width]);
    return normalizedScores(closeness(q, c), q, tiers).dataSync();
  });

test('scores have mean 0 and variance 1 over a batch, as by doubles', () => {
  const found = scoresOf();
  oracle(everyRow)
    .flat()
    .forEach((x, at) => expect(found[at]).toBeCloseTo(x, 3));
});

test('statistics are of those that choose', () => {
  const flag = (of: (row: number) => boolean) => tf.tensor3d(everyRow.map((row) => Number(of(row))), [1, queries, 1]); // prettier-ignore
  const found = scoresOf({ hot: flag((row) => row < 10), warm: flag((row) => row >= 10 && row < 25) });
  oracle(everyRow.slice(0, 25))
    .flat()
    .forEach((x, at) => expect(found[at]).toBeCloseTo(x, 3));
});

test('codes that are stored are chosen by statistics of all ids, weighted', () => {
  const weights = everyRow.map((row) => (row < 7 ? 3 : 1));
  const split = [
    { queries: asked.subarray(0, 12 * width), weights: weights.slice(0, 12) },
    { queries: asked.subarray(12 * width), weights: weights.slice(12) },
  ];
  const statistics = scoreStatistics(split, codebook, width);
  const rows = everyRow.flatMap((row) => new Array<number>(weights[row]).fill(row));
  const best = oracle(rows).map((scores) => scores.indexOf(Math.max(...scores)));
  expect([...normalizedCodes(asked, codebook, width, statistics)]).toEqual(best);
  // A codeword that is near to all is not chosen by all.
  expect(best.filter((code) => code === 0).length).toBeLessThan(queries / 2);
});
