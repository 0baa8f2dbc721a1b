/** Vectors, [rows, width], with the codes of each level, [levels][rows]. */
export interface CodedVectors {
  readonly rows: Float32Array;
  readonly width: number;
  readonly weights: ArrayLike<number>;
  readonly codes: readonly Uint32Array[];
}

const maxIterations = 50;
const tolerance = 1e-10;
const ridge = 1e-6;

/**
 * Moves all codewords of all levels together to where the weighted squared error of the sums is least, codes as they are: the normal
 * equations by conjugate gradients, a system for each coordinate, with a ridge of 1e-6 of their mean diagonal. In place.
 * `fixed`: the first codewords of each level that stay.
 */
export function refineCodewords(books: readonly Float32Array[], of: CodedVectors, fixed: number): void {
  const { rows, width, weights, codes } = of;
  const count = rows.length / width;
  const sizes = books.map(({ length }) => length);
  const zeros = () => sizes.map((length) => new Float64Array(length));
  let total = 0;
  for (let i = 0; i < count; i++) total += weights[i];
  const codewords = sizes.reduce((sum, length) => sum + length / width, 0);
  const damping = (ridge * total * books.length) / codewords;

  /** Adds weighted sums of codewords less targets, codeword by codeword. */
  const gather = (from: readonly ArrayLike<number>[], target: Float32Array | undefined, sign: number) => {
    const into = zeros();
    const sum = new Float64Array(width);
    for (let i = 0; i < count; i++) {
      if (weights[i] === 0) continue;
      for (let k = 0; k < width; k++) sum[k] = target ? -target[i * width + k] : 0;
      codes.forEach((ofLevel, level) => {
        const at = ofLevel[i] * width;
        for (let k = 0; k < width; k++) sum[k] += from[level][at + k];
      });
      codes.forEach((ofLevel, level) => {
        const at = ofLevel[i] * width;
        if (ofLevel[i] >= fixed) for (let k = 0; k < width; k++) into[level][at + k] += sign * weights[i] * sum[k]; // prettier-ignore
      });
    }
    return into;
  };
  const dots = (a: readonly Float64Array[], b: readonly Float64Array[]) => {
    const sums = new Float64Array(width);
    a.forEach((ofLevel, level) => ofLevel.forEach((x, at) => (sums[at % width] += x * b[level][at])));
    return sums;
  };

  const change = zeros();
  const residual = gather(books, rows, -1);
  const direction = residual.map((ofLevel) => ofLevel.slice());
  let squares = dots(residual, residual);
  const first = squares.slice();
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (squares.every((square, k) => square <= tolerance * first[k])) break;
    const image = gather(direction, undefined, 1);
    image.forEach((ofLevel, level) => ofLevel.forEach((_, at) => (ofLevel[at] += damping * direction[level][at]))); // prettier-ignore
    const curvature = dots(direction, image);
    const step = squares.map((square, k) => (curvature[k] > 0 ? square / curvature[k] : 0));
    change.forEach((ofLevel, level) =>
      ofLevel.forEach((_, at) => {
        ofLevel[at] += step[at % width] * direction[level][at];
        residual[level][at] -= step[at % width] * image[level][at];
      }),
    );
    const next = dots(residual, residual);
    const turn = next.map((square, k) => (squares[k] > 0 ? square / squares[k] : 0));
    direction.forEach((ofLevel, level) => ofLevel.forEach((x, at) => (ofLevel[at] = residual[level][at] + turn[at % width] * x))); // prettier-ignore
    squares = next;
  }
  books.forEach((book, level) => book.forEach((x, at) => (book[at] = x + change[level][at])));
}
