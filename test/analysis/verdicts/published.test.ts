import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { stabilityOf } from '../../../analysis/verdicts/stability.ts';
import { readRecording } from '../../../results/store.ts';

const root = join(import.meta.dirname, '../../..');

/** The catalogue's recordings as they are published: what a change of the procedure would change first. */
describe.each([
  ['criteo-sample', 2.6863426e-6, [[42, 5, 4], [35, 15, 9], [33, 27, 23], [31, 28, 26]], [0.00208126, 0.00226225, 0.00230235, 0.00231189]], // prettier-ignore
  ['planted', 1.70079568e-5, [[42, 1, 1], [35, 3, 1], [32, 1, 1], [31, 2, 1]], [0.02766058, 0.00579707, 0.00739826, 0.02945666]], // prettier-ignore
])('the catalogue on %s', (name, variance, counts, bounds) => {
  const recording = readRecording(join(root, 'recordings', `2026-11-29-catalogue-${name}`));
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
