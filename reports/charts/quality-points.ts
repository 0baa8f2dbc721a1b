import { baseline } from '../../results/comparable.ts';
import { formatFixed } from '../format.ts';
import { metrics } from '../metrics.ts';
import type { CompletedRow } from '../summary.ts';
import { memoryText, rowText } from './row-text.ts';

export type QualityMetric = 'auc' | 'logloss';

/** One mark of a chart of quality against bytes. */
export interface QualityPoint {
  readonly series: string;
  /** The baseline: a rule across the chart, and no line. */
  readonly reference: boolean;
  readonly label: string;
  readonly bytes: number;
  readonly value: number;
  /** Ends of the error bar. */
  readonly low: number;
  readonly high: number;
  /** On the Pareto front. */
  readonly front: boolean;
  /** The hover title. */
  readonly description: string;
}

export function qualityPoint(row: CompletedRow, metric: QualityMetric, front: boolean): QualityPoint {
  const { series, estimates } = row;
  const { value, error } = estimates[metric];
  const score = `${metrics[metric].label} ${formatFixed(value)}`;
  return {
    series: series.key,
    reference: series.method === baseline,
    label: series.label,
    bytes: estimates.servingBytes.value,
    value: digits(value),
    low: digits(value - (error ?? 0)),
    high: digits(value + (error ?? 0)),
    front,
    description: rowText(row, [
      error === undefined ? score : `${score} ± ${formatFixed(error)}`,
      ...memoryText(row),
      ...(front ? ['on the Pareto front'] : []),
    ]),
  };
}

/** More than can be seen or is known, and half of the bytes of a page. */
export function digits(value: number): number {
  return Number(value.toFixed(6));
}
