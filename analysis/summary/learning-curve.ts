import { from, op } from 'arquero';
import { mean } from '../statistics/estimates.ts';
import type { CompletedRow } from './rows.ts';

export interface CurvePoint {
  readonly samples: number;
  readonly loss: number;
}

/**
 * Training loss by number of samples seen, the mean over seeds at equal numbers of samples. At most `maxPoints` points:
 * each is the mean of neighbours, at the last one's samples. Empty if no run recorded a curve.
 */
export function learningCurve({ runs }: CompletedRow, maxPoints: number): CurvePoint[] {
  const all = runs.flatMap((run) => run.curve);
  if (all.length === 0) return [];
  const means = from(all)
    .groupby('samples')
    .rollup({ loss: op.mean('loss') })
    .orderby('samples')
    .objects() as { samples: number; loss: number }[];
  const size = Math.ceil(means.length / maxPoints);
  return Array.from({ length: Math.ceil(means.length / size) }, (_, i) => {
    const neighbours = means.slice(i * size, (i + 1) * size);
    return { samples: neighbours.at(-1)!.samples, loss: mean(neighbours.map(({ loss }) => loss)) };
  });
}
