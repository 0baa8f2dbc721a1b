/** Codebooks of one part, level by level, [levels][codewords, width], and what is asked of them for every vector. */
export interface LevelBooks {
  readonly books: readonly Float32Array[];
  readonly width: number;
  readonly squares: readonly Float64Array[]; // [levels][codewords]
  /** Twice the products of the codewords of a level with those of one before it: [level][before][codeword before, codeword]. */
  readonly products: readonly (readonly Float64Array[])[];
}

export function levelBooks(books: readonly Float32Array[], width: number): LevelBooks {
  const dots = (a: Float32Array, b: Float32Array) => {
    const [rows, columns] = [a.length / width, b.length / width];
    const all = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) all[i * columns + j] = 2 * dot(a, i * width, b, j * width, width);
    return all;
  };
  return {
    books,
    width,
    squares: books.map((book) => Float64Array.from({ length: book.length / width }, (_, c) => dot(book, c * width, book, c * width, width))), // prettier-ignore
    products: books.map((book, level) => books.slice(0, level).map((before) => dots(before, book))),
  };
}

function dot(a: Float32Array, from: number, b: Float32Array, at: number, width: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += a[from + k] * b[at + k];
  return sum;
}

/**
 * A code of each level for each vector, [levels][vectors], so that the sum of their codewords is near it. At each level the `beam`
 * sums of least squared error go on (1: each level takes what is nearest). Of equal sums the one with the lower code of the
 * earlier level comes first.
 */
export function encodeByBeam(vectors: Float32Array, of: LevelBooks, beam: number): Uint32Array[] {
  const { books, width, squares, products } = of;
  const levels = books.length;
  const count = vectors.length / width;
  const codes = books.map(() => new Uint32Array(count));
  const most = Math.max(...squares.map(({ length }) => length));
  const ofVector = new Float64Array(most); // |c|² - 2 x c of a level
  const sums = new Float64Array(most); // errors of one sum and each codeword
  const none = new Float64Array(most);
  // Sums that go on: errors less |x|², and their codes so far, [beam, levels]; those before, and those that come.
  let [errors, paths] = [new Float64Array(beam), new Uint32Array(beam * levels)];
  let [nextErrors, nextPaths] = [new Float64Array(beam), new Uint32Array(beam * levels)];
  for (let i = 0; i < count; i++) {
    let going = 1;
    errors[0] = 0;
    for (let level = 0; level < levels; level++) {
      const [square, book] = [squares[level], books[level]];
      for (let c = 0; c < square.length; c++) ofVector[c] = square[c] - 2 * dot(vectors, i * width, book, c * width, width); // prettier-ignore
      let found = 0;
      for (let b = 0; b < going; b++) {
        let [ofSums, before] = [ofVector, 0];
        for (; before + 1 < level; before += 2) {
          const [row, other] = [products[level][before], products[level][before + 1]];
          addTwo(ofSums, sums, square.length, row, paths[b * levels + before] * square.length, other, paths[b * levels + before + 1] * square.length); // prettier-ignore
          ofSums = sums;
        }
        const last = before < level ? products[level][before] : none;
        const from = before < level ? paths[b * levels + before] * square.length : 0;
        const own = errors[b];
        for (let c = 0; c < square.length; c++) {
          const error = own + ofSums[c] + last[from + c];
          if (found === beam && error >= nextErrors[beam - 1]) continue;
          let at = found < beam ? found++ : beam - 1;
          for (; at > 0 && error < nextErrors[at - 1]; at--) {
            nextErrors[at] = nextErrors[at - 1];
            nextPaths.copyWithin(at * levels, (at - 1) * levels, at * levels);
          }
          nextErrors[at] = error;
          for (let before = 0; before < level; before++)
            nextPaths[at * levels + before] = paths[b * levels + before];
          nextPaths[at * levels + level] = c;
        }
      }
      going = found;
      [errors, nextErrors] = [nextErrors, errors];
      [paths, nextPaths] = [nextPaths, paths];
    }
    for (let level = 0; level < levels; level++) codes[level][i] = paths[level];
  }
  return codes;
}

/** Adds a row of each of two matrices to `from`, in one pass: most of the time of encoding is spent here. */
function addTwo(
  from: Float64Array,
  into: Float64Array,
  count: number,
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
): void {
  for (let c = 0; c < count; c++) into[c] = from[c] + a[atA + c] + b[atB + c];
}
