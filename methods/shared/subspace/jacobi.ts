export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array;
  /** The vector of each value, of length 1, row after row: [size, size]. */
  readonly vectors: Float64Array;
}

/** Rounds over all pairs; a handful is enough, because off-diagonal entries shrink quadratically in the end. */
const maxSweeps = 60;

/**
 * Eigenvalues and vectors of a symmetric matrix, row-major [size, size], by cyclic Jacobi rotations (Golub and Van Loan,
 * section 8.5): exact to rounding, and quick for the few dozen rows that a Gram matrix of embeddings has.
 */
export function symmetricEigen(matrix: ArrayLike<number>, size: number): Eigen {
  const a = Float64Array.from(matrix);
  if (a.length !== size * size) throw new RangeError(`${a.length} entries are not ${size} x ${size}`);
  const vectors = identity(size);
  const scale = a.reduce((sum, x) => sum + x * x, 0);
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        off += 2 * a[p * size + q] ** 2;
        clearEntry(a, vectors, size, p, q);
      }
    if (off <= 1e-30 * scale) break;
  }
  const diagonal = Float64Array.from({ length: size }, (_, i) => a[i * size + i]);
  return largestFirst(diagonal, vectors);
}

/**
 * Singular values of a matrix [rows, width], row-major, and its right singular vectors, by one-sided Jacobi rotations
 * (Demmel and Veselic 1992): columns are turned in pairs until all are at right angles. Small singular values keep digits
 * that are lost in B'B, whose entries are squares.
 */
export function rightSingular(matrix: Float64Array, width: number): Eigen {
  const columns = transposed(matrix, width);
  const length = matrix.length / width;
  const turned = identity(width);
  const rounding = Math.sqrt(length) * 2 ** -52; // about what a sum of products is off by, in parts of the norms
  for (let sweep = 0, rotated = true; rotated && sweep < maxSweeps; sweep++) {
    rotated = false;
    for (let p = 0; p < width; p++)
      for (let q = p + 1; q < width; q++) {
        const [pp, qq, pq] = products(columns, length, p, q);
        if (Math.abs(pq) <= rounding * Math.sqrt(pp * qq)) continue;
        const angle = rotationFor(pp, qq, pq);
        turnRows(columns, length, p, q, angle);
        turnRows(turned, width, p, q, angle);
        rotated = true;
      }
  }
  const lengths = Float64Array.from({ length: width }, (_, i) =>
    Math.sqrt(products(columns, length, i, i)[0]),
  );
  return largestFirst(lengths, turned);
}

/** Cosine and sine of a rotation. */
interface Rotation {
  readonly c: number;
  readonly s: number;
}

/** The rotation of two axes that makes the entry `pq` beside the diagonal entries `pp` and `qq` zero. */
function rotationFor(pp: number, qq: number, pq: number): Rotation {
  const theta = (qq - pp) / (2 * pq);
  // The smaller of the two angles; hypot does not overflow where theta squared would.
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  return { c, s: t * c };
}

/** Turns rows p and q of a matrix [rows, length]. */
function turnRows(matrix: Float64Array, length: number, p: number, q: number, { c, s }: Rotation): void {
  for (let k = 0; k < length; k++) {
    const [x, y] = [matrix[p * length + k], matrix[q * length + k]];
    matrix[p * length + k] = c * x - s * y;
    matrix[q * length + k] = s * x + c * y;
  }
}

/** Makes entry (p, q) of a symmetric matrix zero by turning axes p and q; `vectors` has an axis per row. */
function clearEntry(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q];
  if (apq === 0) return;
  const rotation = rotationFor(a[p * size + p], a[q * size + q], apq);
  const { c, s } = rotation;
  for (let k = 0; k < size; k++) {
    const [kp, kq] = [a[k * size + p], a[k * size + q]];
    a[k * size + p] = c * kp - s * kq;
    a[k * size + q] = s * kp + c * kq;
  }
  turnRows(a, size, p, q, rotation);
  turnRows(vectors, size, p, q, rotation);
  a[p * size + q] = 0;
  a[q * size + p] = 0;
}

/** The values in falling order, each with its row of `vectors`. */
function largestFirst(values: Float64Array, vectors: Float64Array): Eigen {
  const size = values.length;
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => values[j] - values[i]);
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (i) => values[i]), vectors: sorted };
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return matrix;
}

function transposed(matrix: Float64Array, width: number): Float64Array {
  const rows = matrix.length / width;
  return Float64Array.from(matrix, (_, at) => matrix[(at % rows) * width + Math.floor(at / rows)]);
}

/** Products of columns p and q: each with itself, and with each other. */
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
