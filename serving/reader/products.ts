import { type Floats, sizeOf } from './arrays.ts';

/** Products of matrices [..., m, k] and [..., k, n], one of which may be repeated; sums in doubles. */
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
      for (let j = 0; j < k; j++) {
        const factor = x.data[fromX + i * k + j];
        if (factor === 0) continue; // half of what a ReLU gives
        const at = fromY + j * n;
        for (let column = 0; column < n; column++) row[column] += factor * y.data[at + column];
      }
      data.set(row, (batch * m + i) * n);
    }
  }
  return { data, shape: [...lead, m, n] };
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
