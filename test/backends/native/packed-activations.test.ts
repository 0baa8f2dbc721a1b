import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addon, sanitized } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { Guarded, normals, oddSizes } from './numbers.ts';

/** Gradients from codes against gradients from the same numbers restored, on every instruction set: the same bits. */

const cases = fc.record({
  batch: fc.constantFrom(...oddSizes, 513, 1025),
  input: fc.constantFrom(...oddSizes.filter((n) => n < 100)),
  output: fc.constantFrom(...oddSizes.filter((n) => n < 100)),
  bits: fc.constantFrom(2, 4, 8),
  signed: fc.boolean(),
  seed: fc.nat(99),
});

const relu = (x: Float32Array) => x.map((value) => Math.max(value, 0));

describeSets('activations in codes', (set) => {
  test('have the gradients of what they are restored to', () => {
    addon.configure(2, set);
    fc.assert(
      fc.property(cases, ({ batch, input, output, bits, signed, seed }) => {
        const drawn = normals(batch * input, seed);
        const x = signed ? drawn : relu(drawn);
        const [dz, weights] = [normals(batch * output, seed + 1), normals(input * output, seed + 2)];
        const words = new Int32Array(batch * Math.ceil((input * bits) / 32));
        const scale = new Float32Array(1);
        addon.packRows(x, words, scale, batch, input, bits, signed);
        expect(scale[0]).toBe(x.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
        const restored = new Guarded(batch * input);
        addon.unpackRows(words, scale[0], restored.floats, batch, input, bits, signed);

        const found = [new Guarded(input * output), new Guarded(output), new Guarded(batch * input)];
        const expected = found.map(({ floats }) => new Float32Array(floats.length));
        const [dWeights, dBias, dx] = found.map(({ floats }) => floats);
        addon.denseGradWeights(restored.floats, dz, expected[0], expected[1], batch, input, output);
        addon.packedGradWeights(words, scale[0], bits, signed, dz, dWeights, dBias, batch, input, output);
        const compared = [...(output > 0 ? [[dWeights, expected[0]], [dBias, expected[1]]] : [])]; // prettier-ignore
        if (!signed) {
          addon.denseGradInput(dz, weights, x, expected[2], batch, input, output);
          addon.packedGradInput(dz, weights, words, bits, dx, batch, input, output);
          compared.push([dx, expected[2]]);
        }
        for (const [numbers, of] of compared) expect(numbers).toEqual(of);
        for (const { intact } of [restored, ...found]) expect(intact).toBe(true);
      }),
      { numRuns: sanitized ? 40 : 100 },
    );
  });

  test('are within the codes whatever is packed', () => {
    addon.configure(1, set);
    const odd = Float32Array.of(NaN, Infinity, -Infinity, 1e-45, -1e-45, 3.4e38, -0, 1);
    for (const signed of [true, false])
      for (const bits of [2, 4, 8]) {
        const [words, scale] = [new Int32Array(2), new Float32Array(1)];
        addon.packRows(odd, words, scale, 1, odd.length, bits, signed);
        const codes = new Float32Array(odd.length);
        addon.unpackRows(words, 1, codes, 1, odd.length, bits, signed); // a code that is too large changes its neighbours
        expect(codes.every((x) => Math.abs(x) <= 1)).toBe(true);
        expect(scale[0]).toBe(Infinity);
      }
  });
});
