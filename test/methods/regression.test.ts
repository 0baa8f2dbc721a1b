import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { symmetricEigen } from '../../methods/shared/subspace/jacobi.ts';
import { leastSquares } from '../../suites/subspace/regression.ts';
import { rowsOfArray } from '../../methods/shared/subspace/streamed-rows.ts';

const [rows, width] = [6000, 8];
const rule = { kind: 'count', size: 512, seed: 1 } as const;

/** Normal numbers in columns of falling scale, mixed, so that no scaling of columns mends the condition. */
function problem(decades: number) {
  const stream = random(7);
  const left = Float64Array.from({ length: rows * width }, (_, at) => stream.normal() * 10 ** ((-decades * (at % width)) / (width - 1))); // prettier-ignore
  const square = Float64Array.from({ length: width * width }, (_, at) => Math.cos(at * at));
  const gram = new Float64Array(width * width);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++)
      for (let k = 0; k < width; k++) gram[i * width + j] += square[k * width + i] * square[k * width + j];
  const turn = symmetricEigen(gram, width).vectors;
  const matrix = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < width; i++)
      for (let k = 0; k < width; k++) matrix[row * width + i] += left[row * width + k] * turn[k * width + i];
  // A vector at right angles to all columns, by the columns before they are mixed, which span the same.
  const noise = Float64Array.from({ length: rows }, () => stream.normal());
  for (let round = 0; round < 30; round++)
    for (let k = 0; k < width; k++) {
      let [product, norm] = [0, 0];
      for (let row = 0; row < rows; row++) {
        product += noise[row] * left[row * width + k];
        norm += left[row * width + k] ** 2;
      }
      for (let row = 0; row < rows; row++) noise[row] -= (product / norm) * left[row * width + k];
    }
  const solution = Float64Array.from({ length: width }, (_, k) => (-1) ** k * (1 + k));
  const b = noise.map((x, row) => {
    let sum = x;
    for (let k = 0; k < width; k++) sum += matrix[row * width + k] * solution[k];
    return sum;
  });
  return { matrix, b, solution };
}

const errorOf = (found: Float64Array, solution: Float64Array) =>
  Math.max(...found.map((x, k) => Math.abs(x - solution[k])));

describe('least squares', () => {
  test.each([
    [0, 1e-10],
    [3, 1e-8],
    [6, 1e-4], // noise of length 77 times rounding times the condition
  ])('of condition 1e%i take as few iterations', (decades, precision) => {
    const { matrix, b, solution } = problem(decades);
    const { solution: found, iterations, gradient } = leastSquares(rowsOfArray(matrix, width), b, rule, { tolerance: 1e-10 }); // prettier-ignore
    expect(gradient).toBeLessThan(1e-10);
    // e is about 2 sqrt(8 / 512) = 1/4, a factor of 7.9 for every iteration: 12 of them for 1e-10.
    expect(iterations).toBeLessThanOrEqual(14);
    expect(errorOf(found, solution)).toBeLessThan(precision);
  });

  test('of columns that depend on each other have the shortest solution', () => {
    const { matrix, b } = problem(1);
    const twice = new Float64Array(rows * (width + 1)); // the first column again
    for (let row = 0; row < rows; row++) {
      twice.set(matrix.subarray(row * width, (row + 1) * width), row * (width + 1));
      twice[row * (width + 1) + width] = matrix[row * width];
    }
    const { solution } = leastSquares(rowsOfArray(twice, width + 1), b, rule);
    expect(solution[0]).toBeCloseTo(0.5, 6); // 1 in two equal parts
    expect(solution[width]).toBeCloseTo(0.5, 6);
    expect(solution[1]).toBeCloseTo(-2, 6);
  });

  test('of zeros are zeros', () => {
    const { solution, iterations } = leastSquares(rowsOfArray(new Float64Array(rows * 2), 2), new Float64Array(rows), rule); // prettier-ignore
    expect([...solution, iterations]).toEqual([0, 0, 0]);
  });
});

test('the example of docs/subspace.md prints what it says', { timeout: 60_000 }, async () => {
  const root = new URL('../../', import.meta.url);
  const [, code, output] = /```js\n([^]*?)```\s*```\n([^]*?)```/.exec(readFileSync(new URL('docs/subspace.md', root), 'utf8'))!; // prettier-ignore
  const { stdout } = await execa(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', code],
    {
      cwd: fileURLToPath(root),
    },
  );
  expect(stdout).toBe(output.trim());
});
