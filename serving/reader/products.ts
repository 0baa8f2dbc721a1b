import { type Floats, sizeOf } from './arrays.ts';

/** Products of matrices [..., m, k] and [..., k, n], one of which may be repeated; sums in doubles, in the order of k. */
export function batchMatMul(a: Floats, b: Floats, transposeA: boolean, transposeB: boolean): Floats {
  const [x, y] = [transposeA ? transposed(a) : a, transposeB ? transposed(b) : b];
  const [m, k] = x.shape.slice(-2);
  const n = y.shape.at(-1)!;
  const [ofX, ofY] = [x, y].map(({ shape }) => sizeOf(shape.slice(0, -2)));
  const batches = Math.max(ofX, ofY);
  const lead = (ofX >= ofY ? x : y).shape.slice(0, -2);
  const data = new Float32Array(batches * m * n);
  const row = new Float64Array(n);
  for (let batch = 0; batch < batches; batch++) {
    const fromX = ofX === 1 ? 0 : batch * m * k;
    const fromY = ofY === 1 ? 0 : batch * k * n;
    for (let i = 0; i < m; i++) {
      row.fill(0);
      addProducts(row, x.data.subarray(fromX + i * k, fromX + (i + 1) * k), y.data, fromY);
      data.set(row, (batch * m + i) * n);
    }
  }
  return { data, shape: [...lead, m, n] };
}

/**
 * Adds the product of a row [k] and a matrix [k, n], which begins at `from`. Factors that are 0 are left out, which half of a ReLU's are. Eight rows
 * of the matrix go together, so that a sum is read and written once for eight products; they are added one after another all the same.
 */
function addProducts(sums: Float64Array, factors: Float32Array, matrix: Float32Array, from: number): void {
  const n = sums.length;
  const own: number[] = [];
  const rows: number[] = [];
  factors.forEach((factor, j) => {
    if (factor === 0) return;
    own.push(factor);
    rows.push(from + j * n);
  });
  const whole = own.length & ~7;
  for (let next = 0; next < whole; next += 8) {
    const [f0, f1, f2, f3] = [own[next], own[next + 1], own[next + 2], own[next + 3]];
    const [f4, f5, f6, f7] = [own[next + 4], own[next + 5], own[next + 6], own[next + 7]];
    const [r0, r1, r2, r3] = [rows[next], rows[next + 1], rows[next + 2], rows[next + 3]];
    const [r4, r5, r6, r7] = [rows[next + 4], rows[next + 5], rows[next + 6], rows[next + 7]];
    for (let i = 0; i < n; i++)
      sums[i] =
        sums[i] + f0 * matrix[r0 + i] + f1 * matrix[r1 + i] + f2 * matrix[r2 + i] + f3 * matrix[r3 + i] + f4 * matrix[r4 + i] + f5 * matrix[r5 + i] + f6 * matrix[r6 + i] + f7 * matrix[r7 + i]; // prettier-ignore
  }
  for (let rest = whole; rest < own.length; rest++)
    for (let i = 0; i < n; i++) sums[i] += own[rest] * matrix[rows[rest] + i];
}

/** The last two axes in the other order. */
function transposed({ data, shape }: Floats): Floats {
  const [rows, columns] = shape.slice(-2);
  const turned = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += rows * columns)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) turned[start + j * rows + i] = data[start + i * columns + j];
  return { data: turned, shape: [...shape.slice(0, -2), columns, rows] };
}
