import * as tf from '../../../tensors/index.ts';
import { beforeAll, describe, test } from 'vitest';
import { crossMatrices } from '../../../harness/ops/cross-matrices.ts';
import { crossProduct } from '../../../harness/ops/cross-product.ts';
import { crossVectors } from '../../../harness/ops/cross-vectors.ts';
import { deepInput } from '../../../harness/ops/deep-input.ts';
import { firstOrderSum } from '../../../harness/ops/first-order-sum.ts';
import { fmInteraction } from '../../../harness/ops/fm-interaction.ts';
import { lowRankCross } from '../../../harness/ops/low-rank-cross.ts';
import { mixedCross } from '../../../harness/ops/mixed-cross.ts';
import { pairwiseDots } from '../../../harness/ops/pairwise-dots.ts';
import { rowDots } from '../../../harness/ops/row-dots.ts';
import { cpu } from '../../../backends/cpu.ts';
import { describeBackends, openOnce } from '../../backends/compared.ts';
import { isLong } from '../../long.ts';
import { checkOp, type OpCase } from './checked-op.ts';

/** Operations of models against their definitions in doubles, sample by sample and pair by pair, on every backend. */

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const total = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0);
const dot = (a: readonly number[], b: readonly number[]) => total(a.map((x, i) => x * b[i]));
/** Rows of a flat array. */
const rowsOf = (x: readonly number[], width: number) =>
  range(x.length / width).map((i) => x.slice(i * width, (i + 1) * width));

/** Numbers that are data to the operation: the same each time. */
const data = (batch: number, width: number) => range(batch * width).map((i) => Math.sin(1 + i));

const machine = (batch: number, fields: number, dim: number, denseFields = 0): OpCase => ({
  name: `factorization machine of ${batch} x ${fields} x ${dim}, ${denseFields} dense`,
  shapes: [[batch, fields, dim], ...(denseFields > 0 ? [[denseFields, dim - 1]] : [])],
  op: (vectors, factors) =>
    fmInteraction(
      vectors as tf.Tensor3D,
      denseFields === 0
        ? undefined
        : {
            dense: tf.tensor2d(data(batch, denseFields), [batch, denseFields]),
            factors: factors as tf.Tensor2D,
          },
    ),
  definition: (vectors, factors) =>
    rowsOf(vectors, fields * dim).map((sample, row) => {
      const ids = rowsOf(sample, dim);
      const dense = denseFields === 0 ? [] : rowsOf(data(batch, denseFields), denseFields)[row];
      const ofDense = dense.map((x, j) => rowsOf(factors, dim - 1)[j].map((u) => x * u));
      const all = [...ids.map((v) => v.slice(1)), ...ofDense];
      const pairs = all.flatMap((v, i) => all.slice(0, i).map((other) => dot(v, other)));
      return total(ids.map(([first]) => first)) + total(pairs);
    }),
});

const firstOrder = (batch: number, fields: number, dim: number): OpCase => ({
  name: `first order of ${batch} x ${fields} x ${dim}`,
  shapes: [[batch, fields, dim]],
  op: (vectors) => firstOrderSum(vectors as tf.Tensor3D),
  definition: (vectors) =>
    rowsOf(vectors, fields * dim).map((sample) => total(rowsOf(sample, dim).map(([first]) => first))),
});

const input = (batch: number, fields: number, dim: number, denseFields: number, from: number): OpCase => ({
  name: `deep input of ${batch} x ${fields} x ${dim} from ${from}, ${denseFields} dense`,
  shapes: [[batch, fields, dim]],
  op: (vectors) =>
    deepInput(
      vectors as tf.Tensor3D,
      tf.tensor2d(Float32Array.from(data(batch, denseFields)), [batch, denseFields]),
      from,
    ),
  definition: (vectors) =>
    rowsOf(vectors, fields * dim).flatMap((sample, row) => [
      ...rowsOf(sample, dim).flatMap((v) => v.slice(from)),
      ...data(batch, denseFields).slice(row * denseFields, (row + 1) * denseFields),
    ]),
});

const vectorCross = (batch: number, n: number, layers: number): OpCase => ({
  name: `${layers} cross layers of vectors on ${batch} x ${n}`,
  shapes: [
    [batch, n],
    [layers, n],
    [layers, n],
  ],
  op: (x, weights, biases) => crossVectors(x as tf.Tensor2D, weights as tf.Tensor2D, biases as tf.Tensor2D),
  definition: (x, weights, biases) =>
    rowsOf(x, n).flatMap((x0) =>
      range(layers).reduce((x, l) => {
        const product = dot(x, rowsOf(weights, n)[l]);
        return x.map((value, i) => x0[i] * product + biases[l * n + i] + value);
      }, x0),
    ),
});

const matrixCross = (batch: number, n: number, layers: number): OpCase => ({
  name: `${layers} cross layers of matrices on ${batch} x ${n}`,
  shapes: [[batch, n], ...range(layers).flatMap(() => [[n, n], [n]])],
  op: (x, ...parameters) =>
    crossMatrices(
      x as tf.Tensor2D,
      range(layers).map((l) => ({
        weights: parameters[2 * l] as tf.Tensor2D,
        bias: parameters[2 * l + 1] as tf.Tensor1D,
      })),
    ),
  definition: (x, ...parameters) =>
    rowsOf(x, n).flatMap((x0) =>
      range(layers).reduce((x, l) => {
        const [weights, bias] = parameters.slice(2 * l);
        return x.map(
          (value, j) => x0[j] * (total(x.map((a, i) => a * weights[i * n + j])) + bias[j]) + value,
        );
      }, x0),
    ),
});

/** x W for one sample; W: [x's, columns]. */
const through = (x: readonly number[], weights: readonly number[], columns: number) =>
  range(columns).map((j) => total(x.map((a, i) => a * weights[i * columns + j])));

const lowRank = (batch: number, n: number, rank: number, layers: number): OpCase => ({
  name: `${layers} cross layers of rank ${rank} on ${batch} x ${n}`,
  shapes: [[batch, n], ...range(layers).flatMap(() => [[n, rank], [rank, n], [n]])],
  op: (x, ...parameters) =>
    lowRankCross(
      x as tf.Tensor2D,
      range(layers).map((l) => {
        const [down, up, bias] = parameters.slice(3 * l) as [
          tf.Tensor2D & tf.Variable,
          tf.Tensor2D,
          tf.Tensor1D,
        ];
        return { down: { weights: down }, up: { weights: up, bias } };
      }),
    ),
  definition: (x, ...parameters) =>
    rowsOf(x, n).flatMap((x0) =>
      range(layers).reduce((x, l) => {
        const [down, up, bias] = parameters.slice(3 * l);
        const u = through(through(x, down, rank), up, n);
        return x.map((value, j) => x0[j] * (u[j] + bias[j]) + value);
      }, x0),
    ),
});

const mixture = (batch: number, n: number, rank: number, experts: number, layers: number): OpCase => ({
  name: `${layers} cross layers of ${experts} experts of rank ${rank} on ${batch} x ${n}`,
  shapes: [
    ...[
      [batch, n],
      [n, experts],
    ],
    ...range(layers).flatMap(() => [
      ...[[n, experts * rank], [experts * rank, n], [n]],
      ...range(experts).map(() => [rank, rank]),
    ]),
  ],
  op: (x, gates, ...parameters) =>
    mixedCross(
      x as tf.Tensor2D,
      gates as tf.Tensor2D,
      range(layers).map((l) => {
        const [down, up, bias, ...squares] = parameters.slice((3 + experts) * l, (3 + experts) * (l + 1));
        return {
          down: { weights: down as tf.Tensor2D & tf.Variable },
          up: { weights: up as tf.Tensor2D, bias: bias as tf.Tensor1D },
          squares: squares.map((square) => ({ weights: square as tf.Tensor2D & tf.Variable })),
        };
      }),
    ),
  definition: (x, gates, ...parameters) =>
    rowsOf(x, n).flatMap((x0) =>
      range(layers).reduce((x, l) => {
        const [down, up, bias, ...squares] = parameters.slice((3 + experts) * l, (3 + experts) * (l + 1));
        const powers = through(x, gates, experts).map(Math.exp);
        const narrow = through(x, down, experts * rank).map(Math.tanh);
        const mixed = squares.flatMap((square, k) =>
          through(narrow.slice(k * rank, (k + 1) * rank), square, rank).map(
            (value) => (Math.tanh(value) * powers[k]) / total(powers),
          ),
        );
        const u = through(mixed, up, n);
        return x.map((value, j) => x0[j] * (u[j] + bias[j]) + value);
      }, x0),
    ),
});

const dots = (batch: number, count: number, dim: number): OpCase => ({
  name: `dots of pairs of ${batch} x ${count} x ${dim}`,
  shapes: [[batch, count, dim]],
  op: (vectors) => pairwiseDots(vectors as tf.Tensor3D),
  definition: (vectors) =>
    rowsOf(vectors, count * dim).flatMap((sample) => {
      const all = rowsOf(sample, dim);
      return all.flatMap((v, i) => all.slice(0, i).map((other) => dot(v, other)));
    }),
});

const cases: OpCase[] = [
  machine(3, 4, 3),
  machine(3, 4, 3, 2),
  machine(1, 1, 2),
  machine(1, 1, 2, 1),
  machine(2, 26, 17, 13),
  machine(5, 3, 34, 1),
  firstOrder(3, 4, 1),
  firstOrder(2, 3, 5),
  firstOrder(1, 1, 1),
  input(3, 2, 4, 3, 0),
  input(3, 2, 4, 3, 1),
  input(2, 3, 2, 0, 1),
  input(1, 1, 1, 2, 0),
  input(1, 1, 1, 0, 0),
  input(2, 5, 17, 1, 1),
  vectorCross(3, 5, 2),
  vectorCross(1, 1, 1),
  vectorCross(4, 19, 3),
  matrixCross(3, 4, 2),
  matrixCross(1, 1, 1),
  matrixCross(2, 5, 3),
  lowRank(3, 5, 2, 3),
  lowRank(1, 1, 1, 1),
  lowRank(2, 4, 1, 2),
  mixture(3, 4, 2, 3, 2),
  mixture(1, 1, 1, 1, 1),
  mixture(2, 3, 1, 2, 3),
  {
    name: 'the end of a cross layer',
    shapes: [
      [3, 5],
      [3, 5],
      [3, 5],
    ],
    op: (x0, u, x) => crossProduct(x0 as tf.Tensor2D, u as tf.Tensor2D, x as tf.Tensor2D),
    definition: (x0, u, x) => x.map((value, i) => x0[i] * u[i] + value),
  },
  {
    name: 'dot products of rows',
    shapes: [
      [3, 21],
      [3, 21],
    ],
    op: (a, b) => rowDots(a as tf.Tensor2D, b as tf.Tensor2D),
    definition: (a, b) => rowsOf(a, 21).map((row, i) => dot(row, rowsOf(b, 21)[i])),
  },
  dots(3, 4, 5),
  dots(1, 2, 1),
  dots(2, 27, 3),
];

describe('on cpu', () => {
  beforeAll(() => cpu.open({}));
  test.each(cases)('$name', checkOp);
});

/** A driver for graphics that computes on the CPU takes a second for a case: in the short form, every fourth. */
const casesOn = (backend: string) =>
  backend === 'webgpu' && !isLong ? cases.filter((_, i) => i % 4 === 1) : cases;

describeBackends('on', (backend) => {
  beforeAll(() => openOnce(backend), 60_000);
  test.each(casesOn(backend.name))('$name', { timeout: 60_000 }, checkOp);
});
