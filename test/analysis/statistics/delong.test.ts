import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../base/random.ts';
import { type Placements, placements, rowVariance } from '../../../analysis/statistics/delong.ts';
import { type Difference, difference } from '../../../analysis/statistics/seeds-and-rows.ts';
import { type Contrast, intervalOf } from '../../../analysis/statistics/estimates.ts';

type Ranking = readonly number[];

const f32 = (scores: Ranking) => Float32Array.from(scores);
const wins = (click: number, other: number) => (click > other ? 1 : click === other ? 0.5 : 0);
const rowsOf = (labels: Uint8Array, label: number) => [...labels.keys()].filter((i) => labels[i] === label);

/** The definition, pair by pair: AUCs, and their covariance (DeLong et al. 1988, equations 4 to 6). */
function byPairs(models: readonly Ranking[], labels: Uint8Array) {
  const [clicks, others] = [rowsOf(labels, 1), rowsOf(labels, 0)];
  const average = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const v10 = models.map((s) => clicks.map((i) => average(others.map((j) => wins(s[i], s[j])))));
  const v01 = models.map((s) => others.map((j) => average(clicks.map((i) => wins(s[i], s[j])))));
  const aucs = v10.map(average);
  const part = (v: readonly number[][], r: number, s: number) =>
    v[r].reduce((sum, x, i) => sum + (x - aucs[r]) * (v[s][i] - aucs[s]), 0) /
    (v[r].length - 1) /
    v[r].length;
  const covariance = models.map((_, r) => models.map((_, s) => part(v10, r, s) + part(v01, r, s)));
  return { aucs, covariance };
}

/** AUC of the rows drawn, with repetition: what a bootstrap does. */
function aucOf(scores: Ranking, clicks: readonly number[], others: readonly number[]): number {
  const sorted = others.map((j) => scores[j]).sort((a, b) => a - b);
  const firstAt = (found: (x: number) => boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (found(sorted[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const sum = clicks.reduce((total, i) => {
    const score = scores[i];
    return total + (firstAt((x) => x >= score) + firstAt((x) => x > score)) / 2;
  }, 0);
  return sum / clicks.length / others.length;
}

/** A model that gives all rows one score: its AUC is 1/2 on any rows. */
const chance = (labels: Uint8Array): Placements => placements(new Float32Array(labels.length), labels);

describe('DeLong', () => {
  it('is worked by hand', () => {
    // Clicks .6 and .4, others .4 and .1. Placements of clicks 1 and .75, of others .75 and 1: AUC .875, variances 1/32.
    const labels = Uint8Array.of(1, 0, 1, 0);
    const one = placements(f32([0.6, 0.4, 0.4, 0.1]), labels);
    expect([[...one.ofClicks], [...one.ofNonClicks]]).toEqual([
      [4, 3],
      [3, 4],
    ]);
    expect(one.auc).toBe(0.875);
    expect(rowVariance([one], [chance(labels)])).toEqual({ ofMean: 1 / 32, ofOne: 1 / 32 });
  });

  it('is what all pairs give, for any scores with ties', () => {
    const rows = fc.array(
      fc.tuple(fc.boolean(), fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 4 })),
      { minLength: 4, maxLength: 40 },
    );
    fc.assert(
      fc.property(rows, (rows) => {
        const labels = Uint8Array.from(rows, ([clicked]) => Number(clicked));
        fc.pre(rowsOf(labels, 0).length > 1 && rowsOf(labels, 1).length > 1);
        const models = [0, 1, 2, 3].map((m) => rows.map(([, scores]) => scores[m] / 4));
        const found = models.map((scores) => placements(f32(scores), labels));
        const expected = byPairs(models, labels);
        found.forEach(({ auc }, m) => expect(auc).toBeCloseTo(expected.aucs[m], 12));
        const [a, b, c, d] = found;
        const of = (weights: readonly number[]) =>
          weights.reduce(
            (sum, u, r) => sum + weights.reduce((all, w, s) => all + u * w * expected.covariance[r][s], 0),
            0,
          );
        const { ofMean, ofOne } = rowVariance([a, b], [c, d]);
        expect(ofMean).toBeCloseTo(of([0.5, 0.5, -0.5, -0.5]), 12);
        expect(ofOne).toBeCloseTo((of([1, 0, -1, 0]) + of([0, 1, 0, -1])) / 2, 12);
      }),
    );
  });

  it('takes a million rows in a second or so', () => {
    const noise = random(1);
    const labels = Uint8Array.from({ length: 1e6 }, () => Number(noise.uniform() < 0.25));
    const scores = Float32Array.from(labels, (label) => label + noise.normal());
    const start = performance.now();
    rowVariance([placements(scores, labels)], [chance(labels)]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('agrees with the paired bootstrap over rows, within a tenth', () => {
    const noise = random(2);
    const rows = 500;
    const labels = Uint8Array.from({ length: rows }, (_, i) => Number(i % 4 === 0));
    // A part common to all models of a row makes them alike, as models of one log are. Rounded, so that there are ties.
    const common = [...labels].map((label) => label + noise.normal());
    const seedsOf = (own: number) =>
      [1, 2, 3].map(() => common.map((x) => Math.round(8 * (x + own * noise.normal())) / 8));
    const [good, bad] = [seedsOf(0.3), seedsOf(0.9)];
    const exact = difference(
      good.map((scores) => placements(f32(scores), labels)),
      bad.map((scores) => placements(f32(scores), labels)),
    );

    const classes = [rowsOf(labels, 1), rowsOf(labels, 0)];
    const drawn = Array.from({ length: 1000 }, () => {
      const [clicks, others] = classes.map((all) =>
        all.map(() => all[Math.floor(noise.uniform() * all.length)]),
      );
      const meanOf = (models: readonly Ranking[]) =>
        models.reduce((sum, scores) => sum + aucOf(scores, clicks, others), 0) / models.length;
      return meanOf(good) - meanOf(bad);
    }).sort((a, b) => a - b);
    const center = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const deviation = Math.sqrt(drawn.reduce((sum, x) => sum + (x - center) ** 2, 0) / (drawn.length - 1));
    const exactError = exact.overRows.standardError!;
    expect(deviation / exactError).toBeGreaterThan(0.9);
    expect(deviation / exactError).toBeLessThan(1.1);
    // The ends of the percentile interval, in standard errors.
    const { value, error } = intervalOf(exact.overRows);
    expect(Math.abs(drawn[25] - (value - error!)) / exactError).toBeLessThan(0.25);
    expect(Math.abs(drawn[975] - (value + error!)) / exactError).toBeLessThan(0.25);
  });
});

describe('over seeds and rows', () => {
  const labels = Uint8Array.from({ length: 200 }, (_, i) => Number(i % 4 === 0));

  /** Models of one log: rows are easy or hard for all, more or less so for a method and for a seed, and seeds differ. */
  function draw(noise: ReturnType<typeof random>, spread: { method: number; luck: number }) {
    const rows = [...labels].map((label) => label + noise.normal());
    const method = () => {
      const own = rows.map((x) => x + spread.method * noise.normal());
      return [1, 2, 3].map(() => {
        const width = Math.abs(0.6 + spread.luck * noise.normal());
        const scores = own.map((x) => x + width * noise.normal());
        return placements(f32(scores), labels);
      });
    };
    return difference(method(), method());
  }

  it('holds the truth in 95 of 100 cases, where either noise alone does not', () => {
    const noise = random(3);
    const drawn = Array.from({ length: 1000 }, () => draw(noise, { method: 0.7, luck: 0.6 }));
    // Both methods are made the same way: no difference is true.
    const share = (of: (one: Difference) => Contrast) => {
      const intervals = drawn.map((one) => intervalOf(of(one)));
      return intervals.filter(({ value, error }) => Math.abs(value) <= error!).length / drawn.length;
    };
    const both = share(({ overBoth }) => overBoth);
    expect(both).toBeGreaterThan(0.925);
    expect(both).toBeLessThan(0.975);
    const overSeeds = ({ overBoth, shared }: Difference) => ({
      ...overBoth,
      standardError: Math.sqrt(overBoth.standardError! ** 2 - shared),
      degrees: 2,
    });
    expect(share(({ overRows }) => overRows)).toBeLessThan(both - 0.02);
    expect(share(overSeeds)).toBeLessThan(both - 0.02);
  });

  it('is that of seeds where rows do the same to both, and that of rows where seeds are equal', () => {
    const noise = random(4);
    const scores = [1, 2].map(() => f32([...labels].map((label) => label + noise.normal())));
    const [a, b] = scores.map((one) => placements(one, labels));
    const equal = difference([a, a, a], [b, b, b]);
    const { overRows } = difference([a], [b]);
    for (const { value, standardError } of [equal.overRows, equal.overBoth]) {
      expect(value).toBeCloseTo(a.auc - b.auc, 12);
      expect(standardError).toBeCloseTo(overRows.standardError!, 12);
    }

    // One model, each seed with noise of its own on every row: rows have nothing in common but what cancels.
    const alone = draw(noise, { method: 0, luck: 0 });
    expect(alone.shared).toBeLessThan(alone.overRows.standardError! ** 2);
    const none = difference([a, a], [a, a]);
    expect(none.overBoth).toEqual({ value: 0, standardError: 0, degrees: 1, count: 2 });
  });

  it('adds what rows share to the variance over seeds, with their degrees of freedom', () => {
    const noise = random(5);
    const one = draw(noise, { method: 0.5, luck: 0.3 });
    expect(one.shared).toBeGreaterThan(0);
    const { standardError, degrees } = one.overBoth;
    const ofSeeds = standardError! ** 2 - one.shared;
    expect(degrees).toBeCloseTo(2 * (1 + one.shared / ofSeeds) ** 2, 6);
  });
});
