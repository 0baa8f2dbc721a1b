export interface RightSingular {
  /** Largest first. */
  readonly values: Float64Array;
  /** Row after row the right singular vector of each, of length 1: [width, width]. */
  readonly axes: Float64Array;
}

const maxSweeps = 60;

/**
 * Of a matrix [rows, width], row-major, by one-sided Jacobi rotations (Demmel and Veselic 1992): columns are turned in
 * pairs until all are at right angles. Small singular values keep digits that are lost in B'B, whose entries are squares.
 */
export function rightSingular(matrix: Float64Array, width: number): RightSingular {
  const columns = transposed(matrix, width);
  const length = matrix.length / width;
  const turned = new Float64Array(width * width);
  for (let i = 0; i < width; i++) turned[i * width + i] = 1;
  const rounding = Math.sqrt(length) * 2 ** -52; // about what a sum of products is off by, in parts of the norms
  for (let sweep = 0, rotated = true; rotated && sweep < maxSweeps; sweep++) {
    rotated = false;
    for (let p = 0; p < width; p++)
      for (let q = p + 1; q < width; q++) {
        const [pp, qq, pq] = products(columns, length, p, q);
        if (Math.abs(pq) <= rounding * Math.sqrt(pp * qq)) continue;
        const theta = (qq - pp) / (2 * pq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        rotate(columns, length, p, q, t);
        rotate(turned, width, p, q, t);
        rotated = true;
      }
  }
  const lengths = Float64Array.from({ length: width }, (_, i) =>
    Math.sqrt(products(columns, length, i, i)[0]),
  );
  const order = Array.from({ length: width }, (_, i) => i).sort((i, j) => lengths[j] - lengths[i]);
  const axes = new Float64Array(width * width);
  order.forEach((from, to) => axes.set(turned.subarray(from * width, (from + 1) * width), to * width));
  return { values: Float64Array.from(order, (i) => lengths[i]), axes };
}

function transposed(matrix: Float64Array, width: number): Float64Array {
  const rows = matrix.length / width;
  return Float64Array.from(matrix, (_, at) => matrix[(at % rows) * width + Math.floor(at / rows)]);
}

/** Of columns p and q: with themselves, and with each other. */
function products(columns: Float64Array, length: number, p: number, q: number): [number, number, number] {
  let [pp, qq, pq] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    const [x, y] = [columns[p * length + i], columns[q * length + i]];
    pp += x * x;
    qq += y * y;
    pq += x * y;
  }
  return [pp, qq, pq];
}

function rotate(columns: Float64Array, length: number, p: number, q: number, t: number): void {
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let i = 0; i < length; i++) {
    const [x, y] = [columns[p * length + i], columns[q * length + i]];
    columns[p * length + i] = c * x - s * y;
    columns[q * length + i] = s * x + c * y;
  }
}
