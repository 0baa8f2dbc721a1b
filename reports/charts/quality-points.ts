import { formatBytes, formatFixed, formatRatio } from '../format.ts';
import { metrics } from '../metrics.ts';
import type { CompletedRow } from '../summary.ts';

export type QualityMetric = 'auc' | 'logloss';

/** One mark of a chart of quality against bytes. */
export interface QualityPoint {
  readonly series: string;
  readonly method: string;
  readonly label: string;
  readonly bytes: number;
  readonly value: number;
  /** Ends of the error bar, cut at the edge of the chart. */
  readonly low: number;
  readonly high: number;
  /** On the Pareto front. */
  readonly front: boolean;
  /** The hover title. */
  readonly description: string;
}

export function qualityPoint(
  { series, requested, estimates }: CompletedRow,
  metric: QualityMetric,
  front: boolean,
  [bottom, top]: readonly [number, number],
): QualityPoint {
  const { value, error } = estimates[metric];
  const bytes = estimates.servingBytes.value;
  const score = `${metrics[metric].label} ${formatFixed(value)}`;
  return {
    series: series.key,
    method: series.method,
    label: series.label,
    bytes,
    value,
    low: Math.max(value - (error ?? 0), bottom),
    high: Math.min(value + (error ?? 0), top),
    front,
    description: [
      `${series.label} at ${formatRatio(requested)}`,
      error === undefined ? score : `${score} ± ${formatFixed(error)}`,
      formatBytes(bytes),
      ...(front ? ['on the Pareto front'] : []),
    ].join(', '),
  };
}
