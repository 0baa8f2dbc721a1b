import { analyze } from '../../../analysis/recording.ts';
import { changeFromFull, isCompleted } from '../../../analysis/summary/rows.ts';
import { errorBar } from '../../../reports/charts/axes.ts';
import type { Recording } from '../../../results/recording.ts';

/** A number of a method, with the ends of its interval, which are the number where there is none. */
export interface Point {
  readonly method: string;
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** True if no line leads to it: something else is different there, too. */
  readonly apart?: boolean;
}

/** Changes of test AUC from full tables by the compression asked for, at those budgets where a method gave a number. */
export function changesByBudget(recording: Recording, methods: readonly string[]): Point[] {
  const [comparison] = analyze(recording).comparisons;
  return comparison.rows.filter(isCompleted).flatMap((row) => {
    const method = plainName(row.series.label);
    const change = methods.includes(method) ? changeFromFull(row) : undefined;
    return change === undefined ? [] : [{ method, x: row.requested, ...errorBar(change) }];
  });
}

/** Changes of test AUC from full tables by the rows of the log, one seed each, from recordings of one compression; `apart`: see Point. */
export function changesByRows(
  recordings: readonly Recording[],
  methods: readonly string[],
  apart: boolean,
): Point[] {
  return recordings.flatMap(({ runs }) => {
    const completed = runs.filter((run) => run.status === 'completed');
    const full = completed.find(({ method }) => method === 'full')!;
    const { train, validation, test } = full.dataset.rows;
    return completed
      .filter(({ method }) => methods.includes(method))
      .map(({ method, quality }) => ({
        ...{ method, x: train + validation + test },
        ...errorBar({ value: quality.auc - full.quality.auc, error: undefined }),
        ...(apart && { apart }),
      }));
  });
}

/** A variant whose only difference from others is the default of an option is the method itself. */
function plainName(label: string): string {
  return label.replace(/ \([\w-]+=default\)$/, '');
}
