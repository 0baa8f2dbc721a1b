export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array;
  /** Row after row the vector of each value, of length 1: [size, size]. */
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
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  const scale = a.reduce((sum, x) => sum + x * x, 0);
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        off += 2 * a[p * size + q] ** 2;
        rotate(a, vectors, size, p, q);
      }
    if (off <= 1e-30 * scale) break;
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j] - a[i * size + i]);
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (i) => a[i * size + i]), vectors: sorted };
}

/** Makes entry (p, q) zero by turning axes p and q; `vectors` has an axis per row. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q];
  if (apq === 0) return;
  const theta = (a[q * size + q] - a[p * size + p]) / (2 * apq);
  // The smaller of the two angles; hypot does not overflow where theta squared would.
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const [kp, kq] = [a[k * size + p], a[k * size + q]];
    a[k * size + p] = c * kp - s * kq;
    a[k * size + q] = s * kp + c * kq;
  }
  for (const m of [a, vectors])
    for (let k = 0; k < size; k++) {
      const [pk, qk] = [m[p * size + k], m[q * size + k]];
      m[p * size + k] = c * pk - s * qk;
      m[q * size + k] = s * pk + c * qk;
    }
  a[p * size + q] = 0;
  a[q * size + p] = 0;
}
