import { type Random, random } from '../../../base/random.ts';

/** Row-major, in doubles. */
export type Matrix = number[][];

export interface State {
  X: Matrix; // [n][k]
  D: Matrix; // [m][k]
  sigma: number[];
}

export const normals = (rows: number, columns: number, stream: Random): Matrix =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => stream.normal()));
export const randomMatrix = (rows: number, columns: number, seed: number) =>
  normals(rows, columns, random(seed));

export const transpose = (a: Matrix): Matrix => a[0].map((_, j) => a.map((row) => row[j]));
export const multiply = (a: Matrix, b: Matrix): Matrix => {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, x, i) => sum + x * column[i], 0)));
};
export const norm = (a: Matrix): number => Math.hypot(...a.flat());
export const minus = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((x, j) => x - b[i][j]));

/** Q of A = Q R, R's diagonal made positive, by Householder's reflections. */
export function signedQ(a: Matrix): Matrix {
  const [n, k] = [a.length, a[0].length];
  const r = a.map((row) => [...row]);
  const reflections: number[][] = [];
  for (let j = 0; j < k; j++) {
    const v = r.map((row, i) => (i < j ? 0 : row[j]));
    v[j] += Math.sign(v[j] || 1) * Math.hypot(...v);
    reflect(r, v);
    reflections.push(v);
  }
  const q = Array.from({ length: n }, (_, i) => Array.from({ length: k }, (_, j) => Number(i === j)));
  for (const v of reflections.reverse()) reflect(q, v);
  return q.map((row) => row.map((x, j) => x * (Math.sign(r[j][j]) || 1)));
}

function reflect(a: Matrix, v: readonly number[]): void {
  const square = v.reduce((sum, x) => sum + x * x, 0);
  if (square === 0) return;
  for (let j = 0; j < a[0].length; j++) {
    const dot = v.reduce((sum, x, i) => sum + x * a[i][j], 0);
    v.forEach((x, i) => (a[i][j] -= (2 * dot * x) / square));
  }
}

/** The papers' update, as they write it, on the inputs xs and output errors ds of single samples, whole sub-batches of s. */
export function streamed({ X, D, sigma }: State, xs: Matrix, ds: Matrix, s: number): State {
  const by = (values: readonly number[]) => (a: Matrix) => a.map((row) => row.map((x, j) => x * values[j]));
  const scale = (a: Matrix, factor: number) => a.map((row) => row.map((x) => x * factor));
  const plus = (a: Matrix, b: Matrix) => a.map((row, i) => row.map((x, j) => x + b[i][j]));
  for (let t = 0; t * s < xs.length; t++) {
    const [x, d] = [xs, ds].map((rows) => rows.slice(t * s, (t + 1) * s));
    const a = (t + 1) / (t + 2);
    const w = 1 / ((t + 2) * s);
    const inverse = by(sigma.map((x) => 1 / (Math.abs(x) < 1e-12 ? 1e-12 * Math.sign(x || 1) : x)));
    const Y = scale(multiply(d, D), w);
    X = signedQ(plus(scale(X, a), inverse(multiply(transpose(x), Y))));
    const Z = scale(multiply(x, X), w);
    D = signedQ(plus(scale(D, a), inverse(multiply(transpose(d), Z))));
    const [dD, xX] = [multiply(d, D), multiply(x, X)];
    sigma = sigma.map((old, j) => a * old + w * dD.reduce((sum, row, i) => sum + row[j] * xX[i][j], 0));
  }
  return { X, D, sigma };
}

/** X diag(sigma) D^T: [n][m] */
export const matrixOf = ({ X, D, sigma }: State): Matrix =>
  multiply(X.map((row) => row.map((x, j) => x * sigma[j])), transpose(D)); // prettier-ignore

/** The nearest matrix of rank 1, by power iteration. */
export function bestOfRankOne(a: Matrix): Matrix {
  let v = a[0].map((_, j) => [1 + j / 7]);
  for (let i = 0; i < 200; i++) {
    v = multiply(transpose(a), multiply(a, v));
    const length = norm(v);
    v = v.map(([x]) => [x / length]);
  }
  return multiply(multiply(a, v), transpose(v));
}
