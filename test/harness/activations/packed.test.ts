import * as tf from '../../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import { wasm } from '../../../backends/wasm/index.ts';
import {
  packActivations,
  type PackedActivations,
  unpackActivations,
  unpackCodes,
} from '../../../harness/ops/packed-activations.ts';
import { type ActivationBits, activationBits } from '../../../harness/contract/activations.ts';

/** Floats of every size, zeros of both signs among them, in shapes around the codes of a word. */
const anyFloat = fc.oneof(
  { weight: 4, arbitrary: fc.float({ min: -20, max: 20, noNaN: true }) },
  fc.constantFrom(0, -0, 1, -1, 1e-3, 3e38, -3e38, 1e-30, 1e10).map(Math.fround),
);
const matrices = fc
  .record({ rows: fc.integer({ min: 1, max: 7 }), columns: fc.integer({ min: 1, max: 37 }) })
  .chain(({ rows, columns }) =>
    fc
      .array(anyFloat, { minLength: rows * columns, maxLength: rows * columns })
      .map((values) => ({ rows, columns, values })),
  );
const cases = fc.record({ matrix: matrices, bits: fc.constantFrom(...activationBits), signed: fc.boolean() });

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

const step = (values: readonly number[], bits: ActivationBits, signed: boolean) =>
  Math.max(...values.map(Math.abs)) / (signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1);

const positive = (values: readonly number[]) => values.map((x) => Math.max(x, 0));

/** Codes as the words' description says they lie, read without tensors. */
function codesIn({ words, form }: PackedActivations): number[] {
  const [rows, width] = words.shape;
  const values = words.dataSync();
  return Array.from({ length: rows * form.columns }, (_, i) => {
    const [row, column] = [Math.floor(i / form.columns), i % form.columns];
    const unsigned = BigInt(values[row * width + (column % width)]) + 2n ** 31n;
    return Number((unsigned >> BigInt(form.bits * Math.floor(column / width))) % 2n ** BigInt(form.bits));
  });
}

describe.each([cpu, wasm, native])('packed activations on $name', (backend) => {
  beforeAll(async () => {
    await backend.open({});
  });

  test('are off by half a step at most, and exact where they are 0', () => {
    fc.assert(
      fc.property(cases, ({ matrix: { rows, columns, values }, bits, signed }) => {
        const given = signed ? values : positive(values);
        const half = (step(given, bits, signed) / 2) * (1 + 2 ** -14) + 1e-36;
        tf.tidy(() => {
          const packed = packActivations(tf.tensor2d(given, [rows, columns]), bits, signed);
          expect(packed.words.dtype).toBe('int32');
          expect(packed.words.shape).toEqual([rows, Math.ceil((columns * bits) / 32)]);
          const restored = unpackActivations(packed);
          expect(restored.shape).toEqual([rows, columns]);
          restored.dataSync().forEach((x, i) => {
            expect(Math.abs(x - given[i])).toBeLessThanOrEqual(half);
            if (given[i] === 0) expect(x === 0).toBe(true);
          });
        });
      }),
      { numRuns: 150 },
    );
  });

  test('say exactly where an output of ReLU was positive, however small', () => {
    fc.assert(
      fc.property(matrices, fc.constantFrom(...activationBits), ({ rows, columns, values }, bits) => {
        tf.tidy(() => {
          const packed = packActivations(tf.tensor2d(positive(values), [rows, columns]), bits, false);
          const codes = [...unpackCodes(packed.words, packed.form).dataSync()];
          expect(codes.map((code) => code > 0)).toEqual(values.map((x) => x > 0));
          expect(codesIn(packed)).toEqual(codes);
        });
      }),
      { numRuns: 100 },
    );
  });

  test.each(activationBits)(
    'of %i bits: the ends of the scale, negative numbers alone, one number',
    (bits) => {
      const restored = (values: number[], signed: boolean) =>
        tf.tidy(() => [
          ...unpackActivations(packActivations(tf.tensor2d([values]), bits, signed)).dataSync(),
        ]);
      // Signed, the ends and 0 are codes of their own; of outputs of ReLU, the last step's middle stands for the largest.
      const last = 1 - step([1], bits, false) / 2;
      expect(restored([1, 0, -1], true)).toEqual([1, 0, -1]);
      expect(restored([1, 0], false)[0]).toBeCloseTo(last, 6);
      expect(restored([-4, -4], true)).toEqual([-4, -4]);
      expect(restored([7], true)).toEqual([7]);
      expect(restored([7], false)[0]).toBeCloseTo(7 * last, 5);
      expect(restored([0, 0, 0], true)).toEqual([0, 0, 0]);
      expect(restored([0, 0, 0], false)).toEqual([0, 0, 0]);
    },
  );
});

test('kernels of the native backend have the bits of the composition', async () => {
  const packedOn = async (backend: 'cpu' | 'native', { matrix, bits, signed }: Case) => {
    await tf.setBackend(backend);
    return tf.tidy(() => {
      const { rows, columns, values } = matrix;
      const packed = packActivations(tf.tensor2d(values, [rows, columns]), bits, signed);
      return [packed.words, packed.scale, unpackActivations(packed)].map((tensor) => tensor.dataSync());
    });
  };
  await cpu.open({});
  await native.open({ threads: 2 });
  expect(tf.getKernel('PackActivations', 'native')).toBeDefined();
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      expect(await packedOn('native', given)).toEqual(await packedOn('cpu', given));
    }),
    { numRuns: 200 },
  );
});
