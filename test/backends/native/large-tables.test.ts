import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import type { TableHandle } from '../../../backends/native/addon.ts';
import { none } from '../../../harness/contract/backend.ts';
import { addon } from './addon.ts';
import { describeNative } from './describe-native.ts';

/** More floats than 2^31, and than 32 bits count: places must be computed in 64 bits. Few rows are touched, so few pages. */

describeNative('tables of more than 2^31', () => {
  test.for([
    ['bytes', 40_000_000, 16],
    ['floats', 150_000_000, 16],
    ['floats, past 2^32', 61_000_001, 71],
    ['rows', 2 ** 31 + 5, 1],
  ] as const)('%s: %i rows x %i', ([, rows, width], { skip }) => {
    const bytes = 4 * rows * width;
    expect(bytes).toBeGreaterThan(2 ** 31);
    const table = create(rows, width);
    skip(table === undefined, `the system refuses ${bytes} bytes of ${totalmem()}`);
    const t = table!;
    try {
      const before = process.memoryUsage.rss();
      const ends = Uint32Array.of(0, 1, rows - 2, rows - 1, Math.floor(0.9 * rows), none);
      const gathered = new Float32Array(ends.length * width).fill(NaN);
      addon.gatherRows(t, ends, gathered);
      expect(gathered.every((x) => x === 0)).toBe(true);

      const gradient = new Float32Array(ends.length * width).map((_, i) => 1 + Math.floor(i / width));
      addon.updateTable(t, [ends], [gradient], 'sgd', Float64Array.of(1));
      addon.gatherRows(t, ends, gathered);
      const expected = gradient.map((g, i) => (i < 5 * width ? -g : 0));
      expect(gathered).toEqual(expected);

      const last = new Float32Array(2 * width);
      addon.readTable(t, rows - 2, rows, last);
      expect(last).toEqual(expected.subarray(2 * width, 4 * width));
      // Neither neighbours nor places that are the same in 32 bits have moved.
      const others = [
        2,
        3,
        rows - 3,
        (rows - 1) % 2 ** 31,
        Math.floor((((rows - 1) * width) % 2 ** 32) / width),
      ];
      const still = others.filter((row) => ![...ends].includes(row) && row < rows);
      const unmoved = new Float32Array(still.length * width);
      addon.gatherRows(t, Uint32Array.from(still), unmoved);
      expect(unmoved.every((x) => x === 0)).toBe(true);
      addon.fillTable(t, rows * width - 1, rows * width, 7, 0, 1);
      addon.readTable(t, rows - 1, rows, last);
      expect(last[width - 1]).toBe(7);
      const written = new Float32Array(2 * width).map((_, i) => i + 1);
      addon.writeRows(t, Uint32Array.of(rows - 1, rows - 3), written);
      addon.copyRows(t, Uint32Array.of(rows - 1), Uint32Array.of(rows - 2));
      addon.readTable(t, rows - 2, rows, last);
      for (const end of [last.subarray(0, width), last.subarray(width)])
        expect(end).toEqual(written.subarray(0, width));
      addon.readTable(t, rows - 3, rows - 2, last);
      expect(last.subarray(0, width)).toEqual(written.subarray(width));
      expect(() => addon.gatherRows(t, Uint32Array.of(rows), gathered)).toThrow(RangeError);

      // A row touched may take a huge page, of 2 MB.
      expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
    } finally {
      addon.freeTable(t);
    }
  });
});

function create(rows: number, width: number): TableHandle | undefined {
  try {
    return addon.createTable(rows, width, width, 'sgd');
  } catch (error) {
    if (/^out of memory/.test((error as Error).message)) return undefined;
    throw error;
  }
}
