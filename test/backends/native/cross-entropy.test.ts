import { expect, test } from 'vitest';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { firstBeyond, Guarded, halfUlp, normals, oddSizes } from './numbers.ts';

describeSets('cross-entropy', (set) => {
  test('and its gradient, against doubles, from near 0 to far beyond the range of exp', () => {
    addon.configure(2, set);
    for (const n of oddSizes.filter((n) => n > 0)) {
      const logits = normals(n, n).map((z, i) => z * [1e-6, 0.1, 1, 10, 100, 1e4][i % 6]);
      const labels = normals(n, n + 1).map((z, i) => (i % 7 === 0 ? 0.3 : Number(z > 0)));
      let loss = 0;
      let magnitude = 0;
      const slopes = new Float64Array(n);
      logits.forEach((z, i) => {
        const term = Math.max(z, 0) - z * labels[i] + Math.log1p(Math.exp(-Math.abs(z)));
        loss += term / n;
        magnitude += (2 * Math.abs(z) + 1) / n;
        slopes[i] = ((1 / (1 + Math.exp(-z)) - labels[i]) * 0.7) / n;
      });
      expect(Math.abs(addon.crossEntropy(logits, labels, n) - loss)).toBeLessThan(8 * halfUlp * magnitude);
      const d = new Guarded(n);
      addon.crossEntropyGrad(logits, labels, 0.7, d.floats, n);
      expect(firstBeyond(d.floats, slopes, slopes.map(() => (8 * halfUlp) / n))).toBeUndefined(); // prettier-ignore
      expect(d.intact).toBe(true);
    }
  });
});
