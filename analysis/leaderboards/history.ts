import { budgetsOf } from '../summary/rows.ts';
import type { DataResults, Result } from './results.ts';

/** The results of one method on the same data, in all recordings. */
export interface MethodHistory {
  /** Rising. */
  readonly budgets: readonly number[];
  /** One line per recording, setting and choice of options, the oldest first. */
  readonly lines: readonly HistoryLine[];
}

export interface HistoryLine {
  /** Any result of the line: all have its recording, setting and series. */
  readonly first: Result;
  /** The result at every budget of the history; undefined if the recording has none. */
  readonly results: readonly (Result | undefined)[];
}

/** Undefined if no recording of the data has the method. */
export function historyOf(method: string, { results }: DataResults): MethodHistory | undefined {
  const own = results.filter(({ row }) => row.series.method === method);
  if (own.length === 0) return undefined;
  const budgets = budgetsOf(own.map(({ row }) => row)).sort((a, b) => a - b);
  const lines = new Map<string, Result[]>();
  for (const result of own) {
    const key = JSON.stringify([result.published.folder, result.setting, result.row.series.key]);
    lines.set(key, [...(lines.get(key) ?? []), result]);
  }
  return {
    budgets,
    lines: [...lines.values()].map((line) => ({
      first: line[0],
      results: budgets.map((requested) => line.find(({ row }) => row.requested === requested)),
    })),
  };
}
