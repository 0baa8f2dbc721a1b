import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { stabilityOf } from '../../../analysis/verdicts/stability.ts';
import { readRecording } from '../../../results/store.ts';

const root = join(import.meta.dirname, '../../..');

/** The catalogue's recordings as they are published: what a change of the procedure would change first. */
describe.each([
  ['criteo-sample', 3.662173e-6, [[41, 1, 1], [34, 4, 4], [32, 21, 18], [30, 24, 24]], [0.00518447, 0.00525471, 0.00533951, 0.00539556]], // prettier-ignore
  ['planted', 2.104439e-5, [[41, 2, 1], [34, 7, 5], [31, 9, 9], [30, 17, 17]], [0.01108422, 0.01207802, 0.0097828, 0.01121586]], // prettier-ignore
])('the catalogue on %s', (name, variance, counts, bounds) => {
  const recording = readRecording(join(root, 'recordings', `2026-11-23-catalogue-${name}`));
  const [{ rows, noise, rankings }] = analyze(recording).comparisons;

  it('has one noise for all budgets, and as many worse', () => {
    expect(noise.seeds).toMatchObject({ priorDegrees: 6, seeds: 3 });
    expect(noise.seeds!.variance / variance).toBeCloseTo(1, 6);
    expect(noise.source).toBe('assumed');
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
      expect(withoutMethod.most - withoutMethod.least).toBeLessThanOrEqual(5);
      expect(Math.abs(worse - withoutMethod.least)).toBeLessThanOrEqual(5);
    }
  });
});
