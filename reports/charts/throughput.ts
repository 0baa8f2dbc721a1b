import type { TopLevelSpec } from 'vega-lite';
import { formatRatio, formatShort } from '../format.ts';
import { metricText } from '../metric-text.ts';
import { type CompletedRow, budgetsOf } from '../../analysis/summary/rows.ts';
import { type Bar, barChart } from './bars.ts';
import { coloredKey } from './series-scales.ts';
import { rowText } from './row-text.ts';
import { timedIn } from './speed.ts';

export interface ThroughputInput {
  readonly metric: 'trainSpeed' | 'inferenceSpeed';
  readonly rows: readonly CompletedRow[];
}

/** Samples per second of training runs as bars with MAD whiskers, under a heading for every budget. */
export function throughputChart({ metric, ...input }: ThroughputInput, width: number): TopLevelSpec {
  const rows = timedIn(input.rows, metric);
  const groups = budgetsOf(rows).map((requested) => ({
    heading: formatRatio(requested),
    bars: rows.filter((row) => row.requested === requested).map((row) => barOf(row, metric)),
  }));
  return barChart(groups, width);
}

function barOf(row: CompletedRow, metric: ThroughputInput['metric']): Bar {
  const { value, error = 0 } = row.estimates[metric]!;
  const { format } = metricText[metric];
  const speed = `${format(value)} ± ${format(error)} samples per second`;
  const { series } = row;
  return {
    series: coloredKey(series),
    label: series.label,
    value,
    error,
    text: formatShort(value),
    description: rowText(row, [speed]),
  };
}
