import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { symmetricEigen } from '../../methods/shared/subspace/jacobi.ts';
import {
  embedSubspace,
  type SketchKind,
  sketches,
  subspaceOf,
} from '../../methods/shared/subspace/embedding.ts';
import { streamedFactor, triangularFactor } from '../../methods/shared/subspace/householder.ts';
import { leverageScores } from '../../methods/shared/subspace/leverage-scores.ts';
import { rightSingular } from '../../methods/shared/subspace/jacobi.ts';
import { countSketchRows, gaussianRows } from '../../suites/subspace/sketch-size.ts';
import { rowsOfArray, stackedRows, streamRows } from '../../methods/shared/subspace/streamed-rows.ts';
import { walshHadamard } from '../../methods/shared/subspace/block-srht.ts';

const kinds = Object.keys(sketches) as SketchKind[];

/** Rows of normal numbers, column k times scales[k]. */
function normals(rows: number, scales: readonly number[], seed = 1): Float64Array {
  const stream = random(seed);
  return Float64Array.from(
    { length: rows * scales.length },
    (_, at) => stream.normal() * scales[at % scales.length],
  );
}

/** Scales from 1 down to 10^-decades. */
const falling = (width: number, decades: number) =>
  Array.from({ length: width }, (_, k) => 10 ** ((-decades * k) / Math.max(1, width - 1)));

/** A'A, summed directly: the oracle. */
function gramOf(matrix: ArrayLike<number>, width: number): Float64Array {
  const gram = new Float64Array(width * width);
  for (let at = 0; at < matrix.length; at += width)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) gram[i * width + j] += matrix[at + i] * matrix[at + j];
  return gram;
}

/** Eigenvectors of A'A by the roots of their eigenvalues, but for those that are zero: a row each. */
function whiteningOf(gram: Float64Array, width: number): Float64Array[] {
  const { values, vectors } = symmetricEigen(gram, width);
  return [...values].flatMap((value, i) =>
    value > 1e-13 * values[0]
      ? [vectors.subarray(i * width, (i + 1) * width).map((x) => x / Math.sqrt(value))]
      : [],
  );
}

/** Least and largest |B x|^2 / |A x|^2 over all x. */
function distortion(matrix: Float64Array, factor: Float64Array, width: number): [number, number] {
  const white = whiteningOf(gramOf(matrix, width), width);
  const images = white.flatMap((w) =>
    Array.from({ length: width }, (_, i) => w.reduce((sum, x, k) => sum + factor[i * width + k] * x, 0)),
  );
  const products = white.flatMap((_, r) =>
    white.map((_, s) => {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += images[r * width + i] * images[s * width + i];
      return sum;
    }),
  );
  const { values } = symmetricEigen(products, white.length);
  return [values[values.length - 1], values[0]];
}

function exactLeverage(matrix: Float64Array, width: number): Float64Array {
  const white = whiteningOf(gramOf(matrix, width), width);
  return Float64Array.from({ length: matrix.length / width }, (_, row) =>
    white.reduce((sum, w) => {
      let coordinate = 0;
      for (let k = 0; k < width; k++) coordinate += w[k] * matrix[row * width + k];
      return sum + coordinate ** 2;
    }, 0),
  );
}

const total = (scores: Iterable<number>) => [...scores].reduce((sum, x) => sum + x, 0);

describe('20,000 x 16, columns from 1 to 0.01', () => {
  const [rows, width, size] = [20_000, 16, 2048];
  const matrix = normals(rows, falling(width, 2));
  const leverage = exactLeverage(matrix, width);

  test.each(['count', 'srht'] as const)(
    '%s, 2048 rows: singular values and leverage as published',
    (kind) => {
      // 1 +- sqrt(16 / 2048) is [.912, 1.088], where the fixture's are [.909, 1.083]; 2.5 / sqrt(2048) more on either side.
      const factor = embedSubspace(rowsOfArray(matrix, width), { kind, size, seed: 1 });
      const [least, most] = distortion(matrix, factor, width).map(Math.sqrt);
      const margin = 2.5 / Math.sqrt(size);
      expect(least).toBeGreaterThan(1 - Math.sqrt(width / size) - margin);
      expect(least).toBeLessThan(0.97);
      expect(most).toBeLessThan(1 + Math.sqrt(width / size) + margin);
      expect(most).toBeGreaterThan(1.03);
      const scores = leverageScores(rowsOfArray(matrix, width), subspaceOf(factor));
      const ratios = Array.from(scores, (score, row) => score / leverage[row]);
      // A score is |x|^2 / |B x|^2 of some x: the same bounds, turned round.
      expect(Math.min(...ratios)).toBeGreaterThan(1 / most ** 2 - 1e-6);
      expect(Math.max(...ratios)).toBeLessThan(1 / least ** 2 + 1e-6);
      expect(Math.min(...ratios)).toBeLessThan(0.97);
    },
  );
});

describe.each(kinds)('%s', (kind) => {
  test.each([
    ['noise', (seed: number) => normals(3000, falling(4, 3), seed)],
    // Ones, signs in turn, and two rows that are all there is of an axis, at one place of blocks of 512.
    [
      'patterns',
      () =>
        Float64Array.from({ length: 3000 * 4 }, (_, at) => {
          const row = Math.floor(at / 4);
          return [1, (-1) ** row, Number(row === 100), Number(row === 100 + 512)][at % 4];
        }),
    ],
  ] as const)('keeps all lengths within the error that its rows promise, of %s', (_, matrixOf) => {
    const [width, error] = [4, 0.5];
    const accuracy = { width, error, failure: 0.05 };
    const size = kind === 'count' ? countSketchRows(accuracy) : gaussianRows(accuracy);
    for (const seed of [1, 2, 3, 4, 5]) {
      const matrix = matrixOf(seed);
      const factor = embedSubspace(rowsOfArray(matrix, width), { kind, size, seed });
      const [least, most] = distortion(matrix, factor, width);
      expect(least).toBeGreaterThan(1 - error);
      expect(most).toBeLessThan(1 + error);
    }
  });

  test('is right in the mean', () => {
    const matrix = normals(300, [1, 0.5, 2]);
    const mean = new Float64Array(9);
    for (let seed = 0; seed < 200; seed++) {
      const sketch = sketches[kind]({ size: 20, width: 3, seed });
      for (const block of rowsOfArray(matrix, 3).blocks()) sketch.add(block);
      gramOf(sketch.finish(), 3).forEach((x, at) => (mean[at] += x / 200));
    }
    // An entry's deviation is at most sqrt(2 / 20) |a| |a'|; 4.5 of the mean's.
    const gram = gramOf(matrix, 3);
    gram.forEach((x, at) => {
      const scale = Math.sqrt(gram[Math.floor(at / 3) * 4] * gram[(at % 3) * 4]);
      expect(Math.abs(mean[at] - x) / scale).toBeLessThan((4.5 * Math.sqrt(2 / 20)) / Math.sqrt(200));
    });
  });

  test('is the same whatever the blocks, and for the same seed', () => {
    const matrix = normals(1500, falling(5, 1));
    const reader = { rows: 1500, width: 5, read: (first: number, count: number) => matrix.subarray(first * 5, (first + count) * 5) }; // prettier-ignore
    const rule = { kind, size: 100, seed: 3 };
    const atOnce = embedSubspace(streamRows(reader, 1500), rule);
    for (const block of [1, 7, 128, 1024])
      expect(embedSubspace(streamRows(reader, block), rule)).toEqual(atOnce);
    expect(embedSubspace(rowsOfArray(matrix, 5), rule)).toEqual(atOnce);
    const parts = [[0, 3], [3, 3], [3, 900], [900, 1500]] as const; // prettier-ignore
    const stack = stackedRows(parts.map(([from, to]) => rowsOfArray(matrix.subarray(from * 5, to * 5), 5)));
    expect(stack.rows).toBe(1500);
    expect(embedSubspace(stack, rule)).toEqual(atOnce);
    const subspace = subspaceOf(atOnce);
    expect(leverageScores(stack, subspace)).toEqual(leverageScores(rowsOfArray(matrix, 5), subspace));
    expect(embedSubspace(rowsOfArray(matrix, 5), { ...rule, seed: 4 })).not.toEqual(atOnce);
  });

  test('finds the rank, and leverage sums to it', () => {
    const columns = normals(2000, [1, 3, 0.2]);
    // Columns: two copies, a sum, and one of zeros.
    const matrix = new Float64Array(2000 * 6);
    for (let row = 0; row < 2000; row++) {
      const [x, y, z] = columns.subarray(row * 3, row * 3 + 3);
      matrix.set([x, y, x + y, 0, z, y], row * 6);
    }
    const rows = rowsOfArray(matrix, 6);
    const subspace = subspaceOf(embedSubspace(rows, { kind, size: 400, seed: 2 }));
    expect(subspace.rank).toBe(3);
    const scores = leverageScores(rows, subspace);
    const exact = exactLeverage(matrix, 6);
    expect(total(exact)).toBeCloseTo(3, 9);
    expect(Math.abs(total(scores) / 3 - 1)).toBeLessThan(0.25);
    scores.forEach((score, row) => expect(Math.abs(score / exact[row] - 1)).toBeLessThan(0.5));
  });
});

describe('the exact factor', () => {
  test("is upper triangular, R'R = A'A, for any shape: fewer rows than columns, zeros, one row, one column", () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 9 }),
      seed: fc.integer({ min: 0, max: 99 }),
      kept: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(shape, ({ rows, width, seed, kept }) => {
        const stream = random(seed);
        const matrix = normals(rows, falling(width, 1), seed).map((x) => (stream.uniform() < kept ? x : 0));
        const gram = gramOf(matrix, width);
        const scale = 1e-12 * Math.max(...gram, 1);
        for (const factor of [
          triangularFactor(matrix.slice(), width),
          streamedFactor(rowsOfArray(matrix, width)),
          embedSubspace(rowsOfArray(matrix, width), { kind: 'count', size: 40, seed: 0 }),
        ]) {
          gramOf(factor, width).forEach((x, at) => expect(Math.abs(x - gram[at])).toBeLessThan(scale));
          factor.forEach((x, at) => {
            const [i, j] = [Math.floor(at / width), at % width];
            if (i > j) expect(x).toBe(0);
            if (i === j) expect(x).toBeGreaterThanOrEqual(0);
          });
        }
        const { rank, values } = subspaceOf(triangularFactor(matrix.slice(), width));
        const exact = symmetricEigen(gram, width).values;
        values.forEach((x, i) => expect(Math.abs(x ** 2 - exact[i])).toBeLessThan(scale));
        const scores = leverageScores(rowsOfArray(matrix, width), subspaceOf(streamedFactor(rowsOfArray(matrix, width)))); // prettier-ignore
        expect(total(scores)).toBeCloseTo(rank, 5);
        scores.forEach((score) => expect(score).toBeLessThan(1 + 1e-6));
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  test('of nothing but zeros has rank 0 and no leverage', () => {
    const rows = rowsOfArray(new Float64Array(5000 * 4), 4);
    const subspace = subspaceOf(embedSubspace(rows, { kind: 'srht', size: 64, seed: 0 }));
    expect(subspace.rank).toBe(0);
    expect(total(leverageScores(rows, subspace))).toBe(0);
  });

  test('a sketch has no fewer rows than columns', () => {
    const rows = rowsOfArray(new Float64Array(40), 4);
    expect(() => embedSubspace(rows, { kind: 'count', size: 3, seed: 0 })).toThrow(RangeError);
  });
});

describe('axes of scales down to 1e-10', () => {
  const matrix = normals(5000, falling(8, 10));
  // Mirrored, so that all axes are in every column: columns of falling scale alone would be exact in their products too.
  for (let at = 0; at < matrix.length; at += 8) {
    const row = matrix.subarray(at, at + 8);
    const sum = total(row);
    row.forEach((x, k) => (row[k] = x - sum / 4));
  }

  test('keep their digits, which the Gram matrix loses', () => {
    const factor = embedSubspace(rowsOfArray(matrix, 8), { kind: 'count', size: 1024, seed: 5 });
    const { rank, values } = subspaceOf(factor);
    expect(rank).toBe(8);
    falling(8, 10).forEach((scale, k) => {
      // Norms are about scale sqrt(5000), of normal numbers and of a sketch.
      expect(values[k] / (scale * Math.sqrt(5000))).toBeGreaterThan(0.8);
      expect(values[k] / (scale * Math.sqrt(5000))).toBeLessThan(1.2);
    });
    expect(total(leverageScores(rowsOfArray(matrix, 8), subspaceOf(factor))) / 8).toBeCloseTo(1, 0);
    const squares = symmetricEigen(gramOf(matrix, 8), 8).values;
    expect(Math.abs(Math.sqrt(Math.abs(squares[7])) / values[7] - 1)).toBeGreaterThan(0.3);
  });

  test('count as zero below a tolerance', () => {
    const factor = streamedFactor(rowsOfArray(matrix, 8));
    expect(subspaceOf(factor, 1e-6).rank).toBe(5);
  });
});

describe('leverage', () => {
  test('of a row halves when it comes twice, and is 1 of what no other row has', () => {
    const matrix = normals(300, [1, 1, 1]);
    const alone = new Float64Array(301 * 4);
    for (let row = 0; row < 300; row++) alone.set(matrix.subarray(row * 3, row * 3 + 3), row * 4);
    alone[300 * 4 + 3] = 1e-3;
    const of = (values: Float64Array, width: number) => {
      const rows = rowsOfArray(values, width);
      return leverageScores(rows, subspaceOf(streamedFactor(rows)));
    };
    expect(of(alone, 4)[300]).toBeCloseTo(1, 6);
    const once = of(matrix, 3);
    const twice = of(Float64Array.of(...matrix, ...matrix), 3);
    once.forEach((score, row) => {
      expect(twice[row]).toBeCloseTo(score / 2, 7);
      expect(twice[row + 300]).toBeCloseTo(score / 2, 7);
    });
  });

  test('weights count as so many copies; a mean is taken off', () => {
    const matrix = Float32Array.of(1, 2, 3, 1, -1, 0.5, 2, 2);
    const counts = [3, 1, 2, 1];
    const copies = Float32Array.of(1, 2, 1, 2, 1, 2, 3, 1, -1, 0.5, -1, 0.5, 2, 2);
    const weighted = rowsOfArray(matrix, 2, { weightOf: (row) => counts[row], mean: [0.5, 1] });
    const factor = streamedFactor(weighted);
    streamedFactor(rowsOfArray(copies, 2, { mean: [0.5, 1] })).forEach((x, at) =>
      expect(factor[at]).toBeCloseTo(x, 12),
    );
    expect(total(leverageScores(weighted, subspaceOf(factor)))).toBeCloseTo(2, 6);
  });

  test('by fewer random directions than columns is near', () => {
    const matrix = normals(500, falling(60, 1));
    const rows = rowsOfArray(matrix, 60);
    const subspace = subspaceOf(streamedFactor(rows));
    const exact = leverageScores(rows, subspace);
    const ratios = Array.from(leverageScores(rows, subspace, { projections: 40, seed: 1 }), (x, row) => x / exact[row]); // prettier-ignore
    const mean = total(ratios) / 500;
    const deviation = Math.sqrt(total(ratios.map((x) => (x - mean) ** 2)) / 500);
    expect(Math.abs(mean - 1)).toBeLessThan(0.15);
    expect(deviation).toBeGreaterThan(0.15); // sqrt(2 / 40) = 0.22
    expect(deviation).toBeLessThan(0.3);
    expect(leverageScores(rows, subspace, { projections: 60 })).toEqual(exact);
  });
});

test("the transform is Sylvester's matrix", () => {
  for (const rows of [1, 2, 8, 64]) {
    const values = normals(rows, [1, 2, 3]);
    const found = values.slice();
    walshHadamard(found, 3);
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        for (let j = 0; j < rows; j++) {
          let shared = 0;
          for (let bits = i & j; bits > 0; bits >>= 1) shared ^= bits & 1;
          sum += (shared ? -1 : 1) * values[j * 3 + k];
        }
        expect(found[i * 3 + k]).toBeCloseTo(sum, 10);
      }
  }
});

test('right singular vectors put the square of a matrix together again', () => {
  const matrix = normals(7, falling(5, 4));
  const { values, vectors: axes } = rightSingular(matrix, 5);
  const gram = gramOf(matrix, 5);
  gram.forEach((x, at) => {
    let sum = 0;
    for (let r = 0; r < 5; r++)
      sum += values[r] ** 2 * axes[r * 5 + Math.floor(at / 5)] * axes[r * 5 + (at % 5)];
    expect(Math.abs(sum - x)).toBeLessThan(1e-12);
  });
});

test('how many rows suffice, by hand', () => {
  // 20 / (.1 .25) and ((2 + sqrt(2 ln 20)) / (sqrt(1.5) - 1))^2 = (4.4478 / .22474)^2
  expect(countSketchRows({ width: 4, error: 0.5, failure: 0.1 })).toBe(800);
  expect(gaussianRows({ width: 4, error: 0.5, failure: 0.1 })).toBe(392);
});
