import type { TopLevelSpec } from 'vega-lite';
import { formatRatio, formatShort } from '../format.ts';
import { metrics } from '../metrics.ts';
import type { CompletedRow } from '../summary.ts';
import { type Bar, barChart } from './bars.ts';
import { rowText } from './row-text.ts';

export interface ThroughputInput {
  readonly metric: 'trainSpeed' | 'inferenceSpeed';
  readonly rows: readonly CompletedRow[];
}

/** Samples per second of training runs as bars with MAD whiskers, under a heading for every budget. */
export function throughputChart({ metric, rows }: ThroughputInput, width: number): TopLevelSpec {
  const budgets = [...new Set(rows.map(({ requested }) => requested))];
  const groups = budgets.map((requested) => ({
    heading: formatRatio(requested),
    bars: rows.filter((row) => row.requested === requested).map((row) => barOf(row, metric)),
  }));
  return barChart(groups, width);
}

function barOf(row: CompletedRow, metric: ThroughputInput['metric']): Bar {
  const { value, error = 0 } = row.estimates[metric];
  const { format } = metrics[metric];
  const speed = `${format(value)} ± ${format(error)} samples per second`;
  const { series } = row;
  return {
    ...{ series, label: series.label, value, error },
    text: formatShort(value),
    description: rowText(row, [speed]),
  };
}
