import { comparisons } from '../../results/comparable.ts';
import { claimsOf } from '../claims.ts';
import { formatChange, formatFixed } from '../format.ts';
import { ownSettings, sharedSettings } from '../page/setting-text.ts';
import { seriesOf } from '../series.ts';
import type { Estimate } from '../statistics.ts';
import { type SummaryRow, isCompleted, summarize } from '../summary.ts';
import type { Published, SameData } from './published.ts';

/** What a recording found of one method with its options at one budget. */
export interface Result {
  readonly published: Published;
  /** In words, in what it differs from others of the same data; empty where it does not. */
  readonly setting: string;
  readonly row: SummaryRow;
  /**
   * Within its recording and setting, whose runs are paired by seed: `best` of several, `tied` with
   * the best, or nothing.
   */
  readonly standing: '' | 'best' | 'tied';
}

/** Recordings of the same data with all that they found. */
export interface DataResults extends SameData {
  /** Recordings in the order of time. */
  readonly results: readonly Result[];
  /** In words: what all their settings have in common. */
  readonly shared: string;
}

export function withResults(same: SameData): DataResults {
  const groups = same.published.flatMap((one) =>
    comparisons(one.recording).map((comparison) => ({ one, comparison })),
  );
  const settings = groups.map(({ comparison }) => comparison.setting);
  const results = groups.flatMap(({ one, comparison }, i) => {
    const rows = summarize(comparison.runs, seriesOf(one.recording.runs));
    const claims = claimsOf(rows);
    const words = ownSettings(settings, i);
    return rows.map((row) => {
      const rivals = rows.filter((other) => isCompleted(other) && other.requested === row.requested);
      const winners = claims.find((claim) => claim.winners.has(row))?.winners;
      const none = winners === undefined || rivals.length < 2 || row.runs.length < 2;
      const standing = none ? '' : winners.size === 1 ? 'best' : 'tied';
      return { published: one, setting: words, row, standing } as const;
    });
  });
  return { ...same, results, shared: sharedSettings(settings) };
}

/** A number for a table's cell. */
export interface Cell {
  readonly text: string;
  readonly error: string | undefined;
  readonly sort: number | undefined;
}

export const emptyCell: Cell = { text: '–', error: undefined, sort: undefined };

export function cellOf({ value, error }: Estimate, format = formatFixed): Cell {
  return {
    text: format(value),
    error: error === undefined ? undefined : `± ${formatFixed(error)}`,
    sort: value,
  };
}

export function changeCell(change: Estimate | undefined): Cell {
  return change === undefined ? emptyCell : cellOf(change, formatChange);
}
