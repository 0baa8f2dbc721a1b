import { expect, test } from 'vitest';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { firstBeyond, Guarded, halfUlp, normals } from './numbers.ts';

const shapes = [
  ...[0, 1, 2, 3, 6, 7, 8, 15, 16, 17, 26, 31, 33].map((fields, i) => [1 + (i % 5), fields, 16] as const),
  ...[1, 2, 3, 4, 5, 7, 8, 9, 15, 17, 24, 31, 33, 64, 70].map((dim) => [3, 5, dim] as const),
  ...[0, 1, 7, 100].map((batch) => [batch, 4, 6] as const),
];

describeSets('dot interaction', (set) => {
  test.each([1, 3])('and its gradient, against doubles: %i thread(s)', (threads) => {
    addon.configure(threads, set);
    for (const [batch, fields, dim] of shapes) {
      const [count, width] = [fields + 1, dim + (fields * (fields + 1)) / 2];
      const x = normals(batch * dim, dim + 1);
      const vectors = normals(batch * fields * dim, fields + 2);
      const dy = normals(batch * width, fields + 3);
      const [y, dx, dvectors] = [batch * width, batch * dim, batch * fields * dim].map((n) => new Guarded(n));
      addon.interact(x, vectors, y.floats, batch, fields, dim);
      addon.interactGrad(x, vectors, dy, dx.floats, dvectors.floats, batch, fields, dim);

      const found: (string | undefined)[] = [];
      for (let sample = 0; sample < batch; sample++) {
        const row = (i: number) =>
          i === 0
            ? x.subarray(sample * dim, (sample + 1) * dim)
            : vectors.subarray((sample * fields + i - 1) * dim, (sample * fields + i) * dim);
        const out = new Float64Array(width).map((_, i) => (i < dim ? row(0)[i] : 0));
        const bound = new Float64Array(width);
        const grads = Array.from({ length: count }, () => new Float64Array(dim));
        const gradBounds = Array.from({ length: count }, () => new Float64Array(dim));
        const slopes = dy.subarray(sample * width, (sample + 1) * width);
        for (let k = 0; k < dim; k++) grads[0][k] = slopes[k];
        for (let i = 1, at = dim; i < count; i++)
          for (let j = 0; j < i; j++, at++)
            for (let k = 0; k < dim; k++) {
              const term = row(i)[k] * row(j)[k];
              out[at] += term;
              bound[at] += (dim + 2) * halfUlp * Math.abs(term);
              for (const [to, from] of [
                [i, j],
                [j, i],
              ]) {
                // prettier-ignore
                grads[to][k] += slopes[at] * row(from)[k];
                gradBounds[to][k] += (count + 3) * halfUlp * (Math.abs(slopes[at] * row(from)[k]) + 1);
              }
            }
        found.push(firstBeyond(y.floats.subarray(sample * width), out, bound));
        found.push(firstBeyond(dx.floats.subarray(sample * dim), grads[0], gradBounds[0]));
        for (let f = 0; f < fields; f++) {
          const at = dvectors.floats.subarray((sample * fields + f) * dim);
          found.push(firstBeyond(at, grads[f + 1], gradBounds[f + 1]));
        }
      }
      expect(found.filter(Boolean), `${batch} ${fields} ${dim}`).toEqual([]);
      expect([y.intact, dx.intact, dvectors.intact]).toEqual([true, true, true]);
    }
  });
});
