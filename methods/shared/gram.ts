/** Second moments of rows. */
export interface Moments {
  /** [width]; zeros where not centred. */
  readonly mean: Float64Array;
  /** Mean of the outer products of the rows less `mean`: row-major [width, width]. */
  readonly gram: Float64Array;
}

/**
 * Every row counts by its weight, all alike without weights or where these are all 0. With frequencies as weights, what
 * the best subspace loses of a look-up is least, not of a row.
 */
export function momentsOf(
  rows: Float32Array,
  width: number,
  { weights, centred }: { readonly weights?: ArrayLike<number> | undefined; readonly centred: boolean },
): Moments {
  const count = rows.length / width;
  let total = 0;
  for (let row = 0; row < count; row++) total += weights?.[row] ?? 0;
  const weightOf = weights && total > 0 ? (row: number) => weights[row] / total : () => 1 / count;

  const mean = new Float64Array(width);
  if (centred)
    for (let row = 0; row < count; row++) {
      const weight = weightOf(row);
      for (let k = 0; k < width; k++) mean[k] += weight * rows[row * width + k];
    }
  const gram = new Float64Array(width * width);
  const x = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    const weight = weightOf(row);
    if (weight === 0) continue;
    for (let k = 0; k < width; k++) x[k] = rows[row * width + k] - mean[k];
    for (let i = 0; i < width; i++)
      for (let j = i; j < width; j++) gram[i * width + j] += weight * x[i] * x[j];
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) gram[i * width + j] = gram[j * width + i];
  return { mean, gram };
}
