import * as tf from '../../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import { wasm } from '../../../backends/wasm/index.ts';
import { activationBits } from '../../../harness/contract/activations.ts';
import { random } from '../../../base/random.ts';
import type { BackwardPass, DenseLayer } from '../../../harness/contract/model.ts';
import { mlp } from '../../../harness/ops/mlp.ts';

/** Dense layers whose backward pass has approximate inputs, against the same with exact ones. */

const cases = fc.record({
  batch: fc.constantFrom(1, 2, 3, 17, 70),
  widths: fc.array(fc.constantFrom(1, 2, 5, 16, 33), { minLength: 2, maxLength: 4 }),
  last: fc.constantFrom('relu' as const, 'linear' as const),
  input: fc.constantFrom('data' as const, 'activations' as const),
  bits: fc.constantFrom(...activationBits),
  seed: fc.nat(999),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

interface Gradients {
  readonly y: Float32Array;
  readonly dx: Float32Array;
  /** Layer by layer. */
  readonly dWeights: Float32Array[];
  readonly dBias: Float32Array[];
}

/** The same numbers with every `backward`. */
function gradientsOf({ batch, widths, last, input, seed }: Case, backward?: BackwardPass): Gradients {
  const stream = random(seed);
  const drawn = (...shape: number[]) =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => stream.normal()),
      shape,
    );
  const before = tf.memory().numTensors;
  let found: Gradients;
  tf.tidy(() => {
    const x = drawn(batch, widths[0]);
    const sides = widths.slice(1).map((out, i) => [widths[i], out] as const);
    const weights = sides.map((sides) => drawn(...sides));
    const biases = sides.map(([, out]) => drawn(out));
    const slopes = drawn(batch, widths.at(-1)!);
    let y: Float32Array;
    const run = (x: tf.Tensor, ...parameters: tf.Tensor[]) => {
      const [bias, w] = [parameters.slice(0, sides.length), [...parameters.slice(sides.length), ...weights]];
      const layers = sides.map((_, i) => ({ weights: w[i], bias: bias[i] }) as DenseLayer);
      const out = mlp(x as tf.Tensor2D, layers, last, input, backward);
      y = out.dataSync<'float32'>();
      return tf.sum(tf.mul(out, slopes));
    };
    // Weights whose gradients are taken have no gradient on the tape.
    const differentiated = [x, ...biases, ...(backward?.take ? [] : weights)];
    const [dx, ...rest] = tf
      .grads(run)(differentiated)
      .map((tensor) => tensor.dataSync<'float32'>());
    const [dBias, dWeights] = [rest.slice(0, sides.length), rest.slice(sides.length)];
    found = { y: y!, dx, dWeights, dBias };
  });
  expect(tf.memory().numTensors).toBe(before);
  return found!;
}

/** Layer by layer: half a step of its input's codes, and the sum of |dz| over the batch for each of its outputs. */
function bounds(given: Case): { readonly halfStep: number; readonly deltas: Float32Array }[] {
  const { batch, widths, bits } = given;
  const found: { halfStep: number; deltas: Float32Array }[] = [];
  gradientsOf(given, {
    take: (_, x, dz) => {
      const first = found.length === widths.length - 2; // layers come last to first
      const levels = first ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
      const [largest] = tf.max(tf.abs(x)).dataSync();
      expect(dz.shape[0]).toBe(batch);
      found.unshift({
        halfStep: largest / levels / 2,
        deltas: tf.sum(tf.abs(dz), 0).dataSync<'float32'>(),
      });
    },
  });
  return found;
}

describe.each([cpu, wasm, native])('layers with approximate inputs on $name', (backend) => {
  beforeAll(async () => {
    await backend.open({});
  });

  test('exact forward, masks and gradients of inputs and biases; weights within the bound', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const exact = gradientsOf(given);
        const found = gradientsOf(given, { activations: given.bits });
        expect(found.y).toEqual(exact.y);
        expect(found.dx).toEqual(exact.dx);
        expect(found.dBias).toEqual(exact.dBias); // the sums of what came through masks and weights
        bounds(given).forEach(({ halfStep, deltas }, layer) => {
          found.dWeights[layer].forEach((slope, i) => {
            const delta = deltas[i % deltas.length];
            const off = Math.abs(slope - exact.dWeights[layer][i]);
            const size = Math.abs(slope) + Math.abs(exact.dWeights[layer][i]);
            expect(off).toBeLessThanOrEqual(delta * halfStep * (1 + 1e-4) + 1e-5 * (size + delta));
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  test('whose gradients are taken: what is handed over is what was packed, to within half a step', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const taken = (backward: BackwardPass) => {
          const found: Float32Array[][] = [];
          const take: BackwardPass['take'] = (_, ...of) => found.push(of.map((x) => x.dataSync<'float32'>()));
          gradientsOf(given, { ...backward, take });
          return found.reverse();
        };
        const [exact, found] = [taken({}), taken({ activations: given.bits })];
        const halfSteps = bounds(given).map(({ halfStep }) => halfStep * (1 + 1e-4));
        found.forEach(([x, dz], layer) => {
          expect(dz).toEqual(exact[layer][1]);
          x.forEach((value, i) =>
            expect(Math.abs(value - exact[layer][0][i])).toBeLessThanOrEqual(halfSteps[layer]),
          );
        });
      }),
      { numRuns: 20 },
    );
  });
});
