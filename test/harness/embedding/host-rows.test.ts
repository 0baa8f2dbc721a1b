import * as tf from '../../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { optimizerRules, type OptimizerRule } from '../../../harness/contract/backend.ts';
import type { Table } from '../../../harness/contract/method.ts';
import { HostRows } from '../../../harness/embedding/host-rows.ts';
import { updateRules } from '../../../harness/rules/index.ts';
import { normals } from '../../backends/native/numbers.ts';
import { column } from '../../column.ts';

/** Rows of this process, which backends are compared with, against a table of plain lists. */

beforeAll(() => cpu.open({}));

/** A float of a table, and what the optimizer knows of it. */
interface Float {
  value: number;
  squares: number;
  mean: number;
  /** FTRL's z; undefined until the first step after the value was written. */
  z: number | undefined;
}

const { adam, ftrl } = { adam: updateRules.adam.hyperParameters, ftrl: updateRules.ftrl.hyperParameters };
const adagradEpsilon = updateRules.adagrad.hyperParameters.epsilon;

class PlainRows {
  private readonly floats: Float[];
  private readonly width: number;
  private readonly stride: number;
  private readonly rule: OptimizerRule;
  private step = 0;

  constructor({ width, stride = width }: Table, rule: OptimizerRule, values: Iterable<number>) {
    [this.width, this.stride, this.rule] = [width, stride, rule];
    this.floats = Array.from(values, (value) => ({ value, squares: 0, mean: 0, z: undefined }));
  }

  row(row: number): Float[] {
    return this.floats.slice(row * this.stride, row * this.stride + this.width);
  }

  write(row: number, values: readonly number[], keepState: boolean): void {
    for (const [k, float] of this.row(row).entries())
      Object.assign(float, { value: values[k], z: undefined, ...(!keepState && { squares: 0, mean: 0 }) });
  }

  copy(from: number, to: number): void {
    for (const [k, float] of this.row(to).entries()) Object.assign(float, this.row(from)[k]);
  }

  /** Rows that do not overlap, each once. */
  update(row: number, gradient: readonly number[], rate: number): void {
    const rowwise = this.rule === 'rowwise-adagrad' && this.stride === this.width;
    const meanSquare = gradient.reduce((sum, g) => sum + g * g, 0) / this.width;
    for (const [k, float] of this.row(row).entries()) {
      const g = gradient[k];
      if (this.rule === 'sgd') float.value -= rate * g;
      else if (this.rule === 'adam') {
        float.mean = adam.beta1 * float.mean + (1 - adam.beta1) * g;
        float.squares = adam.beta2 * float.squares + (1 - adam.beta2) * g * g;
        const root = Math.sqrt(float.squares / (1 - adam.beta2 ** this.step));
        float.value -= (rate * float.mean) / (1 - adam.beta1 ** this.step) / (root + adam.epsilon);
      } else if (this.rule === 'ftrl') {
        const { beta, l2 } = ftrl;
        const slope = (n: number) => (beta + Math.sqrt(n)) / rate + l2;
        float.z ??= -float.value * slope(float.squares);
        const sigma = (Math.sqrt(float.squares + g * g) - Math.sqrt(float.squares)) / rate;
        float.z += g - sigma * float.value;
        float.squares += g * g;
        float.value = -float.z / slope(float.squares);
      } else {
        float.squares += rowwise ? meanSquare : g * g;
        float.value -= (rate * g) / (Math.sqrt(float.squares) + adagradEpsilon);
      }
    }
  }

  next(): void {
    this.step++;
  }
}

const tables = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(6)))
  .map(([width, stride]) => ({
    width,
    stride: Math.min(stride, width),
    parts: [{ rows: 12, init: { mean: 0, halfWidth: 1 } }],
  }));
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('update', 'write', 'write and keep', 'copy'),
    rows: fc.shuffledSubarray(Array.from({ length: 12 }, (_, row) => row)),
    values: fc.nat().map((seed) => [...normals(80, seed)]), // which are rarely close to 0
  }),
  { maxLength: 12 },
);

test('rows are updated, written and copied as plain lists of floats are', async () => {
  const property = fc.asyncProperty(
    tables,
    fc.constantFrom(...optimizerRules),
    steps,
    async (table, rule, steps) => {
      const { width, stride } = table;
      const rows = new HostRows(table, rule, 3);
      const start = await rows.read(0, 12);
      const plain = new PlainRows(
        table,
        rule,
        Array.from({ length: 11 * stride + width }, (_, i) => {
          const row = Math.min(11, Math.floor(i / stride));
          return start[row * width + i - row * stride];
        }),
      );
      for (const { what, rows: some, values } of steps) {
        if (what.startsWith('write')) {
          const keepState = what === 'write and keep';
          const written = (row: number) => values.slice(row * stride, row * stride + width).map(Math.fround);
          rows.write(Uint32Array.from(some), Float32Array.from(some.flatMap(written)), keepState);
          for (const row of some) plain.write(row, written(row), keepState);
        } else if (what === 'copy' && stride === width) {
          const half = Math.floor(some.length / 2);
          const [from, to] = [some.slice(0, half), some.slice(half, 2 * half)];
          rows.copy(Uint32Array.from(from), Uint32Array.from(to));
          for (const [i, row] of from.entries()) plain.copy(row, to[i]);
        } else if (what === 'update') {
          const apart = some.filter((row) => stride === width || row % width === 0); // or floats would come twice
          const gradient = tf.tensor2d(values.slice(0, apart.length * width), [apart.length, width]);
          const floats = await gradient.array();
          rows.update([{ indices: column(...apart), gradient }], 0.1);
          gradient.dispose();
          plain.next();
          for (const [i, row] of apart.entries()) plain.update(row, floats[i], 0.1);
        }
      }
      const found = await rows.read(0, 12);
      for (const [i, { value }] of Array.from({ length: 12 }, (_, row) => plain.row(row))
        .flat()
        .entries())
        expect(Math.abs(found[i] - value)).toBeLessThan(1e-4);
    },
  );
  await fc.assert(property, { numRuns: 300, seed: 5 });
});
