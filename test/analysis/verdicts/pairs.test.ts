import { describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { isCompleted } from '../../../analysis/summary/rows.ts';
import { pairsOf, verdictOf } from '../../../analysis/verdicts/pairs.ts';
import {
  catalogueRecording,
  completedRun,
  environment,
  plausibleRecording,
} from '../../reports/recordings.ts';

describe.each([
  ['few methods', plausibleRecording()],
  ['many methods', catalogueRecording()],
])('pairs of %s', (_, recording) => {
  const [{ rows, noise, rankings }] = analyze(recording).comparisons;
  const series = [...new Set(rows.filter(isCompleted).map((row) => row.series))];
  const compressed = series.filter(({ method }) => method !== 'full');
  /** Finds a pair by its definition, not by its place in the list. */
  const pairsAt = (index: number, some = series) => {
    const { gaps } = pairsOf(rows, some, noise, 0.001)[index];
    return some.flatMap((a, i) =>
      some.slice(i + 1).map((b, j) => ({
        a,
        b,
        gap: gaps[some.slice(0, i).reduce((sum, __, before) => sum + some.length - 1 - before, 0) + j],
      })),
    );
  };

  it('are what the rankings show, at every budget', () => {
    rankings.forEach(({ leader, rivals, standings }, index) => {
      const pairs = pairsAt(index, compressed);
      for (const rival of rivals) {
        const pair = pairs.find(
          ({ a, b }) => [a, b].every((one) => one === leader!.series || one === rival.series) && a !== b,
        )!;
        const sign = pair.a === leader!.series ? 1 : -1;
        const { gap } = standings.get(rival)!;
        expect(sign * pair.gap!.value).toBeCloseTo(gap!.value, 12);
        expect(pair.gap!.error).toBeCloseTo(gap!.error!, 12);
      }
    });
  });

  it('are with the baseline as with any other', () => {
    const other = pairsAt(0).find(({ a, b, gap }) => gap && [a, b].some(({ method }) => method === 'full'))!;
    expect(other.gap!.error).toBeGreaterThan(0);
    expect(other.gap!.verdict).not.toBe('unjudged');
  });
});

it('a pair of fewer than three seeds has a number and no verdict', () => {
  const runs = ['robe', 'uniform'].flatMap((method, m) =>
    [1, 2].map((seed) => completedRun({ method, ratio: 4, seed, auc: 0.75 - 0.01 * m + 0.001 * seed })),
  );
  const [{ rows, noise }] = analyze({ environment, runs }).comparisons;
  const [{ gaps }] = pairsOf(rows, [rows[0].series, rows[1].series], noise, 0.001);
  expect(gaps).toMatchObject([{ verdict: 'unjudged', error: undefined, count: 2 }]);
});

it.each([
  [0.002, 0.001, 'better'],
  [-0.002, 0.001, 'worse'],
  [-0.0005, 0.0004, 'worse'],
  [0.0002, 0.0008, 'equivalent'],
  [0.0003, 0.0008, 'undecided'],
  [0.0001, undefined, 'unjudged'],
])('a difference of %d ± %d is %s', (value, error, verdict) => {
  expect(verdictOf({ value, error }, 0.001)).toBe(verdict);
});
