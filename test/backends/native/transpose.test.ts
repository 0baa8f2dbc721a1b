import { expect, test } from 'vitest';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { Guarded, normals, oddSizes } from './numbers.ts';

describeSets('transposition', (set) => {
  test.each([1, 3])('of odd shapes, nothing written around the result: %i thread(s)', (threads) => {
    addon.configure(threads, set);
    for (const rows of oddSizes)
      for (const columns of oddSizes) {
        const x = normals(rows * columns, 1);
        const y = new Guarded(rows * columns);
        addon.copy(x, y.floats, Float64Array.of(columns, 1, rows, rows, columns, 1), 2, 0, 0);
        const expected = y.floats.map((_, i) => x[(i % rows) * columns + Math.floor(i / rows)]);
        expect(
          Buffer.from(y.floats.slice().buffer).equals(Buffer.from(expected.buffer)),
          `${rows} x ${columns}`,
        ).toBe(true);
        expect(y.intact, `${rows} x ${columns}`).toBe(true);
      }
  });
});
