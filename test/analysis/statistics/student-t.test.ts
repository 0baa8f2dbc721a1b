import { expect, test } from 'vitest';
import { studentTail } from '../../../analysis/statistics/student-t.ts';

/** Tails that have closed forms: of one degree of freedom (Cauchy) and of two. */
const exact = [
  [1, (t: number) => 0.5 - Math.atan(t) / Math.PI],
  [2, (t: number) => 0.5 * (1 - t / Math.sqrt(2 + t * t))],
] as const;

test.each(exact)('tails of %d degrees of freedom are those of the closed form, next to 0 too', (df, tail) => {
  for (const size of [0, 1e-12, 2e-8, 2.98e-8, 1e-6, 1e-3, 0.5, Math.sqrt(df), 1.42, 3])
    for (const t of [size, -size]) {
      expect(studentTail(t, df)).toBeCloseTo(tail(t), 12);
      // Half is the same for all: the difference from it shows how many digits are left.
      expect(Math.abs(studentTail(t, df) - tail(t))).toBeLessThanOrEqual(
        1e-15 + 1e-6 * Math.abs(0.5 - tail(t)),
      );
    }
});
