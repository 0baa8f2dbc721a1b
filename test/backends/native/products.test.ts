import { expect, test } from 'vitest';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { firstBeyond, Guarded, halfUlp, normals, oddSizes } from './numbers.ts';

/** Products against sums in doubles: a float sum of k terms is off by at most k half-units of the sum of magnitudes. */

interface Product {
  readonly exact: Float64Array; // [m, n]
  readonly magnitudes: Float64Array;
}

/** at(i, p) b(p, j), summed. */
function product(
  m: number,
  n: number,
  k: number,
  a: (i: number, p: number) => number,
  b: (p: number, j: number) => number,
): Product {
  const exact = new Float64Array(m * n);
  const magnitudes = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const left = a(i, p);
      for (let j = 0, at = i * n; j < n; j++, at++) {
        const term = left * b(p, j);
        exact[at] += term;
        magnitudes[at] += Math.abs(term);
      }
    }
  return { exact, magnitudes };
}

const boundOf = (magnitudes: Float64Array, terms: number) =>
  magnitudes.map((magnitude) => (terms + 2) * halfUlp * magnitude + 1e-30);

/** Every size in every place, next to several of the others. */
const size = (i: number) => oddSizes[i % oddSizes.length];
const shapes = [
  ...oddSizes.flatMap((m, i) =>
    [0, 3, 6, 9, 12, 15].map((j) => [m, size(i + j), size(5 * i + 7 * j + 3)] as const),
  ),
  // More of k than goes at a time, which is less where there are many columns; steps that are a power of two.
  ...[511, 512, 513, 1030].flatMap((k) => [[15, 33, k] as const, [512, 17, k] as const]),
  ...[127, 128, 129, 400].map((k) => [3, 1700, k] as const),
];

describeSets('products', (set) => {
  test('of odd shapes, transposed or not, with bias and relu or not', () => {
    addon.configure(2, set);
    shapes.forEach(([m, n, k], shape) => {
      const [transposeA, transposeB, withBias, relu] = [1, 2, 4, 8].map(
        (bit) => ((shape * 7 + (shape >> 4)) & bit) !== 0,
      );
      const a = normals(m * k, shape + 1);
      const b = normals(k * n, shape + 2);
      const bias = withBias ? normals(n, shape + 3) : undefined;
      const c = new Guarded(m * n);
      addon.matMul(a, b, c.floats, m, n, k, transposeA, transposeB, bias, relu);
      const { exact, magnitudes } = product(
        m,
        n,
        k,
        transposeA ? (i, p) => a[p * m + i] : (i, p) => a[i * k + p],
        transposeB ? (p, j) => b[j * k + p] : (p, j) => b[p * n + j],
      );
      for (let i = 0; i < exact.length; i++) {
        const shift = bias?.[i % n] ?? 0;
        exact[i] += shift;
        magnitudes[i] += Math.abs(shift);
        if (relu) exact[i] = Math.max(0, exact[i]);
      }
      expect(firstBeyond(c.floats, exact, boundOf(magnitudes, k)), `${m} ${n} ${k}`).toBeUndefined();
      expect(c.intact, `${m} ${n} ${k}: memory around c`).toBe(true);
    });
  });

  test('the gradient of inputs: 0 where the mask is not positive', () => {
    addon.configure(2, set);
    shapes.forEach(([batch, input, output], shape) => {
      const dz = normals(batch * output, shape + 1);
      const weights = normals(input * output, shape + 2);
      const mask = shape % 3 === 0 ? undefined : normals(batch * input, shape + 3);
      if (mask && mask.length > 2) mask.set([0, -0], 0);
      const dx = new Guarded(batch * input);
      addon.denseGradInput(dz, weights, mask, dx.floats, batch, input, output);
      const { exact, magnitudes } = product(
        batch,
        input,
        output,
        (i, p) => dz[i * output + p],
        (p, j) => weights[j * output + p],
      );
      const bound = boundOf(magnitudes, output);
      if (mask)
        exact.forEach((_, i) => {
          if (!(mask[i] > 0)) exact[i] = bound[i] = 0;
        });
      expect(firstBeyond(dx.floats, exact, bound), `${batch} ${input} ${output}`).toBeUndefined();
      expect(dx.intact).toBe(true);
    });
  });

  test('the gradient of weights and biases: sums over the samples', () => {
    addon.configure(2, set);
    shapes.forEach(([batch, input, output], shape) => {
      const x = normals(batch * input, shape + 1);
      const dz = normals(batch * output, shape + 2);
      const [dWeights, dBias] = [new Guarded(input * output), new Guarded(output)];
      addon.denseGradWeights(x, dz, dWeights.floats, dBias.floats, batch, input, output);
      const weights = product(
        input,
        output,
        batch,
        (i, p) => x[p * input + i],
        (p, j) => dz[p * output + j],
      );
      const bias = product(
        1,
        output,
        batch,
        () => 1,
        (p, j) => dz[p * output + j],
      );
      const where = `${batch} ${input} ${output}`;
      const found = [
        firstBeyond(dWeights.floats, weights.exact, boundOf(weights.magnitudes, batch)),
        firstBeyond(dBias.floats, bias.exact, boundOf(bias.magnitudes, batch)),
      ];
      expect(found, where).toEqual([undefined, undefined]);
      expect(dWeights.intact && dBias.intact, where).toBe(true);
    });
  });
});
