import { expect, test } from 'vitest';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { outputsOf } from './guarded-outputs.ts';
import { firstBeyond, normals } from './numbers.ts';

/** Cross layers of low rank and mixtures of experts, there and back, against their definitions in doubles. */

interface Shape {
  readonly batch: number;
  readonly n: number;
  readonly rank: number;
  /** 0: a plain product of two matrices. */
  readonly experts: number;
}

/** Batch, width, rank, experts: those of vectors and tiles and around them, single ones, none. */
const shapes: readonly Shape[] = [
  ...[0, 1, 7, 150].flatMap((batch) => [
    [batch, 5, 2, 0],
    [batch, 5, 2, 3],
  ]),
  ...[1, 16, 17, 31, 33].flatMap((n) => [
    [15, n, 3, 0],
    [15, n, 3, 2],
  ]),
  ...[1, 15, 16, 17, 33].flatMap((rank) => [
    [7, 19, rank, 0],
    [7, 19, rank, 1],
    [7, 19, rank, 2],
  ]),
  [1, 1, 1, 0],
  [1, 1, 1, 1],
  [40, 33, 16, 8],
  [3, 2, 1, 64],
  // Sums of more than one range: over the batch, the width and the rank.
  [600, 3, 2, 0],
  [600, 3, 2, 2],
  [2, 600, 2, 0],
  [2, 600, 2, 2],
  [2, 5, 600, 0],
  [2, 5, 150, 4],
].map(([batch, n, rank, experts]) => ({ batch, n, rank, experts }));

describeSets('cross layers of factors', (set) => {
  test.each(shapes)('$batch x $n, rank $rank, $experts experts', (shape) => {
    for (const first of [true, false])
      for (const hasBefore of [true, false]) {
        const numbers = numbersOf(shape, first, hasBefore);
        const found = (shape.experts === 0 ? lowRank : mixed)(set, shape, numbers);
        const expected = definition(shape, numbers);
        expect(found.length).toBe(expected.length);
        found.forEach((array, i) => {
          const size = expected[i].reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
          const bound = expected[i].map(() => 2e-5 * size);
          expect(firstBeyond(array, expected[i], bound), `first ${first}, output ${i}`).toBeUndefined();
        });
      }
  });
});

interface LayerNumbers {
  readonly x0: Float32Array;
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly before: Float32Array | undefined;
  readonly gates: Float32Array;
  readonly down: Float32Array;
  readonly up: Float32Array;
  readonly bias: Float32Array;
  readonly squares: readonly Float32Array[];
  readonly first: boolean;
}

function numbersOf({ batch, n, rank, experts }: Shape, first: boolean, hasBefore: boolean): LayerNumbers {
  const width = rank * Math.max(1, experts);
  const scaled = (length: number, seed: number, by: number) =>
    normals(length, seed).map((x) => x / Math.sqrt(Math.max(1, by)));
  const x0 = normals(batch * n, 1);
  return {
    x0,
    x: first ? x0 : normals(batch * n, 2),
    dy: normals(batch * n, 3),
    before: hasBefore ? normals(batch * n, 4) : undefined,
    gates: scaled(n * experts, 5, n),
    down: scaled(n * width, 6, n),
    up: scaled(width * n, 7, width),
    bias: normals(n, 8),
    squares: Array.from({ length: experts }, (_, k) => scaled(rank * rank, 9 + k, rank)),
    first,
  };
}

/** The add-on's outputs: y, then the gradients of x, x_0 unless it is x, down, up, bias. */
function lowRank(set: string, { batch, n, rank }: Shape, numbers: LayerNumbers): Float32Array[] {
  const { x0, x, dy, before, down, up, bias, first } = numbers;
  const wide = batch * n;
  const [y, narrow, u] = outputsOf(set, [wide, batch * rank, wide], ([y, narrow, u]) =>
    addon.lowRankCross(x0, x, down, up, bias, narrow, u, y, batch, n, rank),
  );
  const sizes = [wide, ...(first ? [] : [wide]), down.length, up.length, n];
  const gradients = outputsOf(set, sizes, ([dx, ...rest]) => {
    const dx0 = first ? undefined : rest.shift();
    const [dDown, dUp, dBias] = rest;
    const inputs = [dy, x0, x, narrow, u, down, up, before] as const;
    addon.lowRankCrossGrad(...inputs, dx, dx0, dDown, dUp, dBias, batch, n, rank);
  });
  return [y, ...gradients];
}

/** The same with gradients of gates before those of down, and of squares at the end. */
function mixed(set: string, { batch, n, rank, experts }: Shape, numbers: LayerNumbers): Float32Array[] {
  const { x0, x, dy, before, gates, down, up, bias, squares, first } = numbers;
  const [wide, narrow] = [batch * n, batch * rank * experts];
  const shape = [batch, n, rank, experts] as const;
  const [y, ...saved] = outputsOf(
    set,
    [wide, batch * experts, narrow, narrow, narrow, wide],
    ([y, ...saved]) => addon.mixedCross(x0, x, [gates, down, up, bias], squares, saved, y, ...shape),
  );
  const ofWeights = [gates, down, up, bias, ...squares].map(({ length }) => length);
  const gradients = outputsOf(set, [wide, ...(first ? [] : [wide]), ...ofWeights], ([dx, ...rest]) => {
    const dx0 = first ? undefined : rest.shift();
    const [dWeights, dSquares] = [rest.slice(0, 4), rest.slice(4)];
    const inputs = [dy, x0, x, [gates, down, up], squares, saved, before] as const;
    addon.mixedCrossGrad(...inputs, dx, dx0, dWeights, dSquares, ...shape);
  });
  return [y, ...gradients];
}

/** One sample at a time, one number at a time. */
function definition({ batch, n, rank, experts }: Shape, numbers: LayerNumbers): Float64Array[] {
  const { x0, x, dy, before, gates, down, up, bias, squares, first } = numbers;
  const width = rank * Math.max(1, experts);
  const zeros = ({ length }: ArrayLike<number>) => new Float64Array(length);
  const [y, dx, dx0] = [zeros(x0), zeros(x0), zeros(x0)];
  const [dGates, dDown, dUp, dBias] = [gates, down, up, bias].map(zeros);
  const dSquares = squares.map(zeros);
  const range = (length: number) => Array.from({ length }, (_, i) => i);
  const sum = (length: number, term: (i: number) => number) =>
    range(length).reduce((total, i) => total + term(i), 0);
  for (let s = 0; s < batch; s++) {
    const [own0, own, slope] = [x0, x, dy].map((all) => all.subarray(s * n, (s + 1) * n));
    const products = range(width).map((j) => sum(n, (i) => own[i] * down[i * width + j]));
    const narrow = experts === 0 ? products : products.map(Math.tanh);
    const powers = range(experts).map((k) => Math.exp(sum(n, (i) => own[i] * gates[i * experts + k])));
    const shares = powers.map((power) => power / powers.reduce((total, x) => total + x, 0));
    const inner = range(experts).map((k) =>
      range(rank).map((j) => Math.tanh(sum(rank, (i) => narrow[k * rank + i] * squares[k][i * rank + j]))),
    );
    const given = experts === 0 ? narrow : inner.flatMap((part, k) => part.map((value) => value * shares[k]));
    const u = range(n).map((j) => bias[j] + sum(width, (i) => given[i] * up[i * n + j]));

    const du = range(n).map((j) => slope[j] * own0[j]);
    const dGiven = range(width).map((i) => sum(n, (j) => du[j] * up[i * n + j]));
    range(n).forEach((j) => {
      y[s * n + j] = own0[j] * u[j] + own[j];
      dBias[j] += du[j];
      range(width).forEach((i) => (dUp[i * n + j] += given[i] * du[j]));
      dx[s * n + j] = slope[j];
      dx0[s * n + j] = slope[j] * u[j] + (before?.[s * n + j] ?? 0);
    });
    const dShares = range(experts).map((k) => sum(rank, (i) => dGiven[k * rank + i] * inner[k][i]));
    const mean = sum(experts, (k) => dShares[k] * shares[k]);
    const dScores = dShares.map((of, k) => shares[k] * (of - mean));
    const dProducts = experts === 0 ? dGiven : range(width).map(() => 0);
    range(experts).forEach((k) => {
      const before = range(rank).map((j) => dGiven[k * rank + j] * shares[k] * (1 - inner[k][j] ** 2));
      range(rank).forEach((i) => {
        const of = sum(rank, (j) => before[j] * squares[k][i * rank + j]);
        dProducts[k * rank + i] = of * (1 - narrow[k * rank + i] ** 2);
        range(rank).forEach((j) => (dSquares[k][i * rank + j] += narrow[k * rank + i] * before[j]));
      });
    });
    range(n).forEach((i) => {
      range(width).forEach((j) => (dDown[i * width + j] += own[i] * dProducts[j]));
      range(experts).forEach((k) => (dGates[i * experts + k] += own[i] * dScores[k]));
      dx[s * n + i] +=
        sum(width, (j) => dProducts[j] * down[i * width + j]) +
        sum(experts, (k) => dScores[k] * gates[i * experts + k]);
    });
  }
  const ofInputs = first ? [dx.map((value, i) => value + dx0[i])] : [dx, dx0];
  const ofWeights = experts === 0 ? [dDown, dUp, dBias] : [dGates, dDown, dUp, dBias, ...dSquares];
  return [y, ...ofInputs, ...ofWeights];
}
