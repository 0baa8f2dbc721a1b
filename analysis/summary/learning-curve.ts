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
  const all = runs.flatMap((run) => withoutShortEnd(run.curve));
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

/**
 * A curve whose last point, where it is the mean of much fewer samples than the others, is one with the point before it: the last
 * batches of a stage would look like a jump of the loss. Both count by their samples.
 */
export function withoutShortEnd(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  if (curve.length < 3) return curve;
  const [a, b, c] = curve.slice(-3);
  const [before, last] = [b.samples - a.samples, c.samples - b.samples];
  if (last >= before / 2) return curve;
  const loss = (b.loss * before + c.loss * last) / (before + last);
  return [...curve.slice(0, -2), { samples: c.samples, loss }];
}
