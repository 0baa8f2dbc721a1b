import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { stabilityOf } from '../../../analysis/verdicts/stability.ts';
import { readRecording } from '../../../results/store.ts';

const root = join(import.meta.dirname, '../../..');

/** Recordings of many methods as they are published: what a change of the procedure would change first. */
describe.each([
  ['2026-11-29-catalogue-criteo-sample', 2.6863426e-6, [[42, 5, 4], [35, 15, 9], [33, 27, 23], [31, 28, 26]], [0.00208126, 0.00226225, 0.00230235, 0.00231189]], // prettier-ignore
  ['2026-11-30-newer-criteo-sample', 1.98411941e-6, [[26, 2, 0], [19, 10, 5], [19, 14, 10], [19, 14, 14]], [0.00219241, 0.00127331, 0.00270156, 0.00194042]], // prettier-ignore
])('%s', (name, variance, counts, bounds) => {
  const recording = readRecording(join(root, 'recordings', name));
  const [{ rows, noise, rankings }] = analyze(recording).comparisons;

  it('has one noise for all budgets, and as many worse', () => {
    expect(noise.seeds).toMatchObject({ priorDegrees: 6, seeds: 5 });
    expect(noise.seeds!.variance / variance).toBeCloseTo(1, 6);
    expect(noise.source).toBe('covariances');
    const found = rankings.map(({ standings }) => {
      const all = [...standings.values()];
      return [all.length, all.filter(({ verdict }) => verdict === 'worse').length, all.filter(({ byMargin }) => byMargin).length]; // prettier-ignore
    });
    expect(found).toEqual(counts);
    rankings.forEach((ranking, i) => expect(ranking.bound(ranking.leader!)).toBeCloseTo(bounds[i], 7));
  });

  it('shows none to be equivalent: nothing that was called a tie was one', () => {
    const verdicts = rankings.flatMap(({ standings }) => [...standings.values()]);
    expect(verdicts.some(({ within }) => within)).toBe(false);
  });

  it('does not flip where one method is left out', () => {
    for (const { worse, withoutMethod } of stabilityOf(rows, noise.rows, 0.001)) {
      expect(withoutMethod.most - withoutMethod.least).toBeLessThanOrEqual(6);
      expect(Math.abs(worse - withoutMethod.least)).toBeLessThanOrEqual(6);
    }
  });
});
