import { distinctRows, type DistinctRows } from '../../../harness/contract/distinct-rows.ts';
import type { Step } from '../../../harness/contract/method.ts';

/** Rows of a table with a row per id, one field after the other, that a step looked up. */
export function touchedRows({ ids }: Pick<Step, 'ids'>, offsets: readonly number[]): DistinctRows {
  const fields = offsets.length;
  return distinctRows([ids.map((id, at) => id + offsets[at % fields])]);
}

/** Gradients of these rows, [rows, width], where the only look-up of the step was that of its ids: summed over the batch. */
export async function gradientsOfRows(
  { gradients }: Pick<Step, 'gradients'>,
  { rows, positions }: DistinctRows,
): Promise<Float32Array> {
  const [{ gradient }] = gradients;
  const values = await gradient.data<'float32'>();
  const [, width] = gradient.shape;
  const sums = new Float32Array(rows.length * width);
  for (let i = 0, from = 0; i < positions.length; i++)
    for (let k = 0, to = positions[i] * width; k < width; k++) sums[to++] += values[from++];
  return sums;
}
