import { formatEstimate } from '../format.ts';
import { metricText } from '../metric-text.ts';
import { errorBar } from './axes.ts';
import { type CompletedRow, isBaseline } from '../../analysis/summary/rows.ts';
import { memoryText, rowText } from './row-text.ts';

export type QualityMetric = 'auc' | 'logloss';

/** One mark of a chart of quality against bytes. */
export interface QualityPoint {
  readonly series: string;
  /** True for the baseline, which is a rule across the chart and no line. */
  readonly reference: boolean;
  readonly label: string;
  readonly bytes: number;
  readonly value: number;
  /** Ends of the error bar. */
  readonly low: number;
  readonly high: number;
  /** True on the Pareto front. */
  readonly front: boolean;
  /** The tooltip. */
  readonly description: string;
}

export function qualityPoint(row: CompletedRow, metric: QualityMetric, front: boolean): QualityPoint {
  const { series, estimates } = row;
  const score = estimates[metric];
  return {
    series: series.key,
    reference: isBaseline(row),
    label: series.label,
    bytes: estimates.servingBytes.value,
    ...errorBar(score),
    front,
    description: rowText(row, [
      `${metricText[metric].label} ${formatEstimate(score)}`,
      ...memoryText(row),
      ...(front ? ['on the Pareto front'] : []),
    ]),
  };
}
