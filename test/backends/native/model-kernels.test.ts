import { expect, test } from 'vitest';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { firstOther, outputsOf } from './guarded-outputs.ts';
import { firstBeyond, normals } from './numbers.ts';

/** Kernels of models against their definitions in doubles, on shapes around those of vectors, tiny ones and empty ones. */

/** Sums in doubles beside the sum of the terms without their signs, which says how far off floats may be. */
class Sums {
  readonly values: Float64Array;
  readonly sizes: Float64Array;
  constructor(length: number) {
    [this.values, this.sizes] = [new Float64Array(length), new Float64Array(length)];
  }
  add(i: number, term: number, size = Math.abs(term)): void {
    this.values[i] += term;
    this.sizes[i] += size;
  }
  misfit(found: Float32Array, terms: number): string | undefined {
    return firstBeyond(found, this.values, this.sizes.map((size) => (terms + 8) * 2 ** -23 * size)); // prettier-ignore
  }
}

/** Batch, fields, width, dense features: widths around those of vectors, and enough samples for several blocks of sums. */
const shapes = [
  ...[1, 2, 7, 8, 9, 15, 16, 17, 31, 33].map((dim, i) => [3, 2 + (i % 2), dim, i % 3] as const),
  ...[0, 1, 7, 150].map((batch) => [batch, 3, 5, 2] as const),
  [1, 1, 1, 0],
  [1, 1, 2, 1],
  [2, 0, 4, 3],
  [7, 26, 17, 13],
  [2, 26, 16, 0],
] as const;

describeSets('kernels of models', (set) => {
  test.each(shapes)('factorization machine, %i x %i x %i, %i dense', (batch, fields, dim, denseFields) => {
    const pairwise = dim - 1;
    const vectors = normals(batch * fields * dim, dim);
    const dense = normals(batch * denseFields, 2);
    const factors = normals(denseFields * pairwise, 3);
    const dy = normals(batch, 4);
    const shape = [batch, fields, dim] as const;
    const [y, sums] = outputsOf(set, [batch, batch * pairwise], ([y, sums]) =>
      addon.fmInteract(vectors, dense, factors, y, sums, ...shape, denseFields),
    );
    const [dvectors] = outputsOf(set, [vectors.length], ([out]) =>
      addon.fmGrad(vectors, sums, dy, out, ...shape),
    );
    const [dfactors] = outputsOf(set, [factors.length], ([out]) =>
      addon.fmGradFactors(dense, factors, sums, dy, out, ...shape, denseFields),
    );

    const [ofY, ofVectors, ofFactors] = [batch, vectors.length, factors.length].map((n) => new Sums(n));
    for (let s = 0; s < batch; s++) {
      const rows = Array.from({ length: fields + denseFields }, (_, i) =>
        i < fields
          ? [...vectors.subarray((s * fields + i) * dim, (s * fields + i + 1) * dim)]
          : [0, ...factors.subarray((i - fields) * pairwise, (i - fields + 1) * pairwise)].map(
              (u) => u * dense[s * denseFields + i - fields],
            ),
      );
      for (let d = 1; d < dim; d++) {
        const [sum, size] = [rows, rows.map((row) => row.map(Math.abs))].map((all) =>
          all.reduce((total, row) => total + row[d], 0),
        );
        const squares = rows.reduce((total, row) => total + row[d] ** 2, 0);
        ofY.add(s, (sum ** 2 - squares) / 2, size ** 2);
        rows.forEach((row, i) => {
          const slope = dy[s] * (sum - row[d]);
          if (i < fields) ofVectors.add((s * fields + i) * dim + d, slope, Math.abs(dy[s]) * size);
          else {
            const x = dense[s * denseFields + i - fields];
            ofFactors.add((i - fields) * pairwise + d - 1, slope * x, Math.abs(dy[s] * x) * size);
          }
        });
      }
      rows.slice(0, fields).forEach(([first], i) => {
        ofY.add(s, first);
        ofVectors.add((s * fields + i) * dim, dy[s]);
      });
    }
    const misfits = [
      ofY.misfit(y, fields + denseFields + dim),
      ofVectors.misfit(dvectors, fields + denseFields),
      ofFactors.misfit(dfactors, fields + denseFields + batch),
    ];
    expect(misfits).toEqual([undefined, undefined, undefined]);
  });

  test.each(shapes)('parts of vectors, %i x %i x %i, %i dense', (batch, fields, dim, denseFields) => {
    const vectors = normals(batch * fields * dim, dim);
    const dy = normals(batch, 4);
    const shape = [batch, fields, dim] as const;
    const [y] = outputsOf(set, [batch], ([out]) => addon.firstOrderSum(vectors, out, ...shape));
    const ofY = new Sums(batch);
    vectors.forEach((x, i) => {
      if (i % dim === 0) ofY.add(Math.floor(i / dim / fields), x);
    });
    expect(ofY.misfit(y, fields)).toBeUndefined();
    const [spread] = outputsOf(set, [vectors.length], ([out]) => addon.firstOrderGrad(dy, out, ...shape));
    const first = vectors.map((_, i) => (i % dim === 0 ? dy[Math.floor(i / dim / fields)] : 0));
    expect(firstOther(spread, first)).toBe(-1);

    for (const from of [0, 1, dim]) {
      const dense = normals(batch * denseFields, 5);
      const width = fields * (dim - from) + denseFields;
      const expected = Array.from({ length: batch }, (_, s) => [
        ...vectors.subarray(s * fields * dim, (s + 1) * fields * dim).filter((_, i) => i % dim >= from),
        ...dense.subarray(s * denseFields, (s + 1) * denseFields),
      ]).flat();
      const sizes = [...shape, from, denseFields] as const;
      const [input] = outputsOf(set, [batch * width], ([out]) =>
        addon.deepInput(vectors, dense, out, ...sizes),
      );
      expect(firstOther(input, expected)).toBe(-1);
      const [back] = outputsOf(set, [vectors.length], ([out]) => addon.deepInputGrad(input, out, ...sizes));
      expect(
        firstOther(
          back,
          vectors.map((x, i) => (i % dim >= from ? x : 0)),
        ),
      ).toBe(-1);
    }
  });

  test.each([0, 1, 7, 150])('cross layers of vectors, batch %i', (batch) => {
    for (const n of batch === 150 ? [17] : [0, 1, 5, 16, 17, 63, 65])
      for (const layers of [1, 2, 3]) {
        const [x, dy] = [normals(batch * n, 1), normals(batch * n, 2)];
        const [weights, biases] = [3, 4].map((seed) =>
          normals(layers * n, seed).map((w) => w / Math.sqrt(n)),
        );
        const shape = [batch, n, layers] as const;
        const [y, products] = outputsOf(set, [batch * n, batch * layers], ([y, products]) =>
          addon.crossVectors(x, weights, biases, y, products, ...shape),
        );
        const found = outputsOf(set, [batch * n, layers * n, layers * n], ([dx, ofWeights, ofBiases]) =>
          addon.crossVectorsGrad(x, weights, biases, products, dy, dx, ofWeights, ofBiases, ...shape),
        );
        const expected = crossed(x, weights, biases, dy, ...shape);
        [y, ...found].forEach((array, i) => {
          const size = expected[i].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          const bound = expected[i].map(() => 1e-5 * size);
          expect(firstBeyond(array, expected[i], bound), `${n} x ${layers}, output ${i}`).toBeUndefined();
        });
      }
  });

  test('ends of cross layers, and dot products of rows', () => {
    for (const n of [0, 1, 7, 8, 15, 16, 17, 33, 69])
      for (const rows of [0, 1, 7]) {
        const [a, b, c, d] = [1, 2, 3, 4].map((seed) => normals(rows * n, seed));
        const count = rows * n;
        const [y] = outputsOf(set, [count], ([out]) => addon.crossProduct(a, b, c, out, count));
        expect(firstBeyond(y, sumOf(a, b, c), bound(count))).toBeUndefined();
        for (const before of [undefined, d]) {
          const [du, dx0] = outputsOf(set, [count, count], ([du, dx0]) =>
            addon.crossProductGrad(a, b, c, before, du, dx0, count),
          );
          expect(firstBeyond(du, sumOf(a, b), bound(count))).toBeUndefined();
          expect(firstBeyond(dx0, sumOf(a, c, before), bound(count))).toBeUndefined();
        }

        const dy = normals(rows, 5);
        const [dots] = outputsOf(set, [rows], ([out]) => addon.rowDots(a, b, out, rows, n));
        const ofDots = new Sums(rows);
        a.forEach((x, i) => ofDots.add(Math.floor(i / n), x * b[i]));
        expect(ofDots.misfit(dots, n)).toBeUndefined();
        const [da, db] = outputsOf(set, [count, count], ([da, db]) =>
          addon.rowDotsGrad(a, b, dy, da, db, rows, n),
        );
        expect(
          firstOther(
            da,
            b.map((x, i) => x * dy[Math.floor(i / n)]),
          ),
        ).toBe(-1);
        expect(
          firstOther(
            db,
            a.map((x, i) => x * dy[Math.floor(i / n)]),
          ),
        ).toBe(-1);
      }
  });
});

const bound = (count: number) => new Float64Array(count).fill(1e-5);
const sumOf = (a: Float32Array, b: Float32Array, c?: Float32Array) =>
  Float64Array.from(a, (x, i) => x * b[i] + (c?.[i] ?? 0));

/** x_L and the gradients of x_0, weights and biases, layer by layer: every x_l is written here. */
function crossed(
  x: Float32Array,
  weights: Float32Array,
  biases: Float32Array,
  dy: Float32Array,
  ...[batch, n, layers]: readonly [batch: number, n: number, layers: number]
): Float64Array[] {
  const [y, dx] = [new Float64Array(batch * n), new Float64Array(batch * n)];
  const [dWeights, dBiases] = [new Float64Array(layers * n), new Float64Array(layers * n)];
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>, offset: number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += a[i] * b[offset + i];
    return sum;
  };
  for (let s = 0; s < batch; s++) {
    const x0 = [...x.subarray(s * n, (s + 1) * n)];
    const course = [x0];
    for (let l = 0; l < layers; l++) {
      const before = course[l];
      const product = dot(before, weights, l * n);
      course.push(before.map((value, i) => x0[i] * product + biases[l * n + i] + value));
    }
    y.set(course[layers], s * n);
    let slope = [...dy.subarray(s * n, (s + 1) * n)];
    for (let l = layers - 1; l >= 0; l--) {
      const product = dot(course[l], weights, l * n);
      const ofProduct = dot(slope, x0, 0);
      slope.forEach((value, i) => {
        dx[s * n + i] += value * product;
        dBiases[l * n + i] += value;
        dWeights[l * n + i] += ofProduct * course[l][i];
      });
      slope = slope.map((value, i) => value + ofProduct * weights[l * n + i]);
    }
    slope.forEach((value, i) => (dx[s * n + i] += value));
  }
  return [y, dx, dWeights, dBiases];
}
