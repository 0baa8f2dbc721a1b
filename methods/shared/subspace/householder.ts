import type { StreamedRows } from './streamed-rows.ts';

/**
 * R of Q R = A by Householder reflections (Golub and Van Loan, section 5.2): [width, width], upper triangular, its diagonal
 * not below 0, R'R = A'A. `matrix`, [rows, width], is overwritten; fewer rows than columns leave zero rows in R.
 */
export function triangularFactor(matrix: Float64Array, width: number): Float64Array {
  const rows = matrix.length / width;
  const factor = new Float64Array(width * width);
  const products = new Float64Array(width);
  for (let k = 0; k < Math.min(rows, width); k++) {
    const norm = columnNorm(matrix, width, k);
    const head = matrix[k * width + k];
    const lead = head < 0 ? norm : -norm; // of the sign that cancels nothing
    if (norm > 0) {
      // v = column - lead e_k; reflecting by it takes 2 v (v'a) / v'v off every column a, v'v = 2 lead (lead - head).
      matrix[k * width + k] -= lead;
      products.fill(0);
      for (let i = k * width; i < matrix.length; i += width)
        for (let j = k + 1; j < width; j++) products[j] += matrix[i + k] * matrix[i + j];
      for (let j = k + 1; j < width; j++) products[j] /= lead * (lead - head);
      for (let i = k * width; i < matrix.length; i += width)
        for (let j = k + 1; j < width; j++) matrix[i + j] -= matrix[i + k] * products[j];
    }
    factor[k * width + k] = norm;
    const sign = lead < 0 ? -1 : 1;
    for (let j = k + 1; j < width; j++) factor[k * width + j] = sign * matrix[k * width + j];
  }
  return factor;
}

/** Norm of column k from row k down. Squares of what began as float32 neither vanish nor overflow in float64. */
function columnNorm(matrix: Float64Array, width: number, k: number): number {
  let squares = 0;
  for (let i = k * width + k; i < matrix.length; i += width) squares += matrix[i] ** 2;
  return Math.sqrt(squares);
}

/** R of all rows, block after block under the R of those before: exact, 2 rows width^2 multiplications. */
export function streamedFactor({ width, blocks }: StreamedRows): Float64Array {
  let factor: Float64Array = new Float64Array(width * width);
  let stacked = new Float64Array(0);
  for (const { count, values } of blocks()) {
    const floats = (width + count) * width;
    if (stacked.length < floats) stacked = new Float64Array(floats);
    stacked.set(factor);
    stacked.set(values.subarray(0, count * width), width * width);
    factor = triangularFactor(stacked.subarray(0, floats), width);
  }
  return factor;
}
