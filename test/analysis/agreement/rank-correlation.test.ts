import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { rankCorrelation, spearman } from '../../../analysis/agreement/rank-correlation.ts';
import { selfAgreement } from '../../../analysis/agreement/seed-ceiling.ts';

/** Rank of a value by its definition: how many are below it, and half of those that equal it. */
const rankIn = (values: readonly number[], value: number) =>
  values.filter((other) => other < value).length + (values.filter((other) => other === value).length + 1) / 2;

/** Pearson's correlation of the ranks, by its textbook formula. */
function byDefinition(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a.map((value) => rankIn(a, value)), b.map((value) => rankIn(b, value))];
  const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
  const n = a.length;
  const covariance = n * sum(x.map((one, i) => one * y[i])) - sum(x) * sum(y);
  const square = (all: readonly number[]) => n * sum(all.map((one) => one * one)) - sum(all) ** 2;
  return covariance / Math.sqrt(square(x) * square(y));
}

test('is that of the definition, with ties and without', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.float({ noNaN: true, min: -1, max: 1 })), { minLength: 2, maxLength: 30 }); // prettier-ignore
  fc.assert(
    fc.property(pairs, (rows) => {
      const [a, b] = [rows.map(([x]) => x), rows.map(([, y]) => y)];
      fc.pre(new Set(a).size > 1 && new Set(b).size > 1);
      expect(spearman(a, b)).toBeCloseTo(byDefinition(a, b), 12);
      expect(spearman(a, a)).toBeCloseTo(1, 12);
      expect(spearman(a, a.map((x) => -x))).toBeCloseTo(-1, 12); // prettier-ignore
    }),
  );
});

test('of ten people whose hours of television and IQ are known is -29/165', () => {
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(spearman(iq, hours)).toBeCloseTo(-29 / 165, 12);
});

test('has no value for few methods, and for one number everywhere', () => {
  expect(rankCorrelation([1, 2, 3, 4], [1, 2, 3, 4])).toBeUndefined();
  expect(rankCorrelation([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])).toBeUndefined();
  expect(rankCorrelation([1, 2, 3, 4, 5], [2, 3, 4, 5, 6])).toMatchObject({ value: 1, count: 5 });
});

test('orders that are wholly alike or opposite have an interval, too', () => {
  const order = [1, 2, 3, 4, 5, 6, 7];
  const swapped = rankCorrelation(order, [2, 1, 3, 4, 5, 6, 7])!;
  expect(swapped.value).toBeCloseTo(1 - 2 / 56, 12);
  expect(rankCorrelation(order, order)).toEqual({ ...swapped, value: 1, to: 1 });
  const opposite = rankCorrelation(order, order.toReversed())!;
  expect(opposite).toMatchObject({ value: -1, from: -1 });
  expect(opposite.to).toBeCloseTo(-swapped.from, 12);
});

test('intervals cover the true rank correlation of normal pairs in 95 % of samples', () => {
  const stream = random(7);
  const [n, correlation, samples] = [30, 0.6, 4000];
  const truth = (6 / Math.PI) * Math.asin(correlation / 2); // of normal pairs (Pearson, 1907)
  let covered = 0;
  for (let sample = 0; sample < samples; sample++) {
    const a = Array.from({ length: n }, () => stream.normal());
    const b = a.map((x) => correlation * x + Math.sqrt(1 - correlation ** 2) * stream.normal());
    const { from, to } = rankCorrelation(a, b)!;
    if (from <= truth && truth <= to) covered++;
  }
  expect(covered / samples).toBeGreaterThan(0.94);
  expect(covered / samples).toBeLessThan(0.965);
});

test('the ceiling by seeds is what two recordings of the same true order reach on average', () => {
  const stream = random(3);
  const [methods, seeds, noise, samples] = [100, 5, 1.5, 60];
  const differences = Array.from({ length: samples }, () => {
    const truth = Array.from({ length: methods }, () => stream.normal());
    const recorded = () =>
      truth.map((value) => new Map(Array.from({ length: seeds }, (_, seed) => [seed, value + noise * stream.normal()]))); // prettier-ignore
    const [first, second] = [recorded(), recorded()];
    const means = (all: typeof first) => all.map((scores) => [...scores.values()].reduce((sum, x) => sum + x, 0) / seeds); // prettier-ignore
    const ceiling = Math.sqrt(selfAgreement(first)! * selfAgreement(second)!);
    expect(ceiling).toBeLessThan(0.85);
    return spearman(means(first), means(second))! - ceiling;
  });
  expect(Math.abs(differences.reduce((sum, x) => sum + x, 0) / samples)).toBeLessThan(0.02);
});

test('many seeds take some drawn halvings, which give nearly what all give', () => {
  const stream = random(11);
  const truth = Array.from({ length: 40 }, () => stream.normal());
  const scores = (seeds: number) => truth.map((value) => new Map(Array.from({ length: seeds }, (_, seed) => [seed, value + 1.5 * stream.normal()]))); // prettier-ignore
  const began = performance.now();
  expect(selfAgreement(scores(26))!).toBeCloseTo(26 / (26 + 1.5 ** 2), 1);
  expect(performance.now() - began).toBeLessThan(5000);
});

test('the ceiling uses seeds that all methods have, and needs two of them', () => {
  const scores = (...seeds: number[]) => new Map(seeds.map((seed) => [seed, seed]));
  expect(selfAgreement([scores(1, 2), scores(2, 3)])).toBeUndefined();
  expect(selfAgreement([])).toBeUndefined();
  const apart = [0, 1, 2].map((method) => new Map([1, 2, 3].map((seed) => [seed, 10 * method + seed])));
  expect(selfAgreement(apart)).toBe(1);
  const reversed = [0, 1, 2].map((method) => new Map([[1, method], [2, -method]])); // prettier-ignore
  expect(selfAgreement(reversed)).toBe(0);
});
