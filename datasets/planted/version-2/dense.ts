/** The integers' parts: a linear one, and bumps and steps that a model with one weight per column cannot see. */
import type { IntegerColumn } from '../columns.ts';
import { normalDraw } from '../draws.ts';
import { integersOf, standardizedLog } from '../integers.ts';
import { denseWeightsOf } from './weights.ts';

export interface DenseSums {
  readonly linear: Float64Array; // [rows]
  readonly bumps: Float64Array; // [rows]
}

const counts = 4096;
const sampleRows = 16_384;

/** Radians of a bump per standard deviation of its column. */
const frequency = 1.1;
/** Height of the step at zero beside the amplitude of the bump. */
const step = 1;

/** Adds a column, numbered `c`, to the linear part, the bumps, and what the interactions see of its factor. All read what a model reads. */
export function addDense(column: IntegerColumn, c: number) {
  const { loading } = column;
  const { effect, bump: height } = denseWeightsOf[column.name];
  const standardized = standardizedLog(column);
  const uneven = (count: number) =>
    Math.cos(frequency * standardized(count) + 2.4 * c) + (count === 0 ? step * (-1) ** c : 0);
  const bump = lessItsLine(column, uneven, standardized);
  const [small, smallBumps] = [standardized, bump].map((f) =>
    Float64Array.from({ length: counts }, (_, x) => f(x)),
  );
  return (values: Int32Array, size: number, { linear, bumps }: DenseSums, observed: Float64Array): void => {
    for (let row = 0; row < size; row++) {
      const count = Math.max(values[row], 0);
      const x = count < counts ? small[count] : standardized(count);
      linear[row] += effect * x;
      observed[row] += loading * x;
      if (height > 0) bumps[row] += height * (count < counts ? smallBumps[count] : bump(count));
    }
  };
}

/** `f` less its best line in the standardized log, over a sample of the column: nothing of it is linear. */
function lessItsLine(column: IntegerColumn, f: (count: number) => number, x: (count: number) => number) {
  const values = new Int32Array(sampleRows);
  const factor = normalDraw(0, 'sample of a factor');
  integersOf(column, 0)(
    0,
    sampleRows,
    Float64Array.from({ length: sampleRows }, (_, row) => factor(row)),
    values,
  );
  let [n, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (const value of values) {
    const count = Math.max(value, 0);
    const [a, b] = [x(count), f(count)];
    n++;
    sx += a;
    sy += b;
    sxx += a * a;
    sxy += a * b;
  }
  const slope = (sxy - (sx * sy) / n) / (sxx - (sx * sx) / n);
  const start = (sy - slope * sx) / n;
  return (count: number) => f(count) - start - slope * x(count);
}
