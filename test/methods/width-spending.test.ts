import { expect, test } from 'vitest';
import { spendGreedily } from '../../methods/shared/budget/greedy.ts';
import { mixedWidths } from '../../methods/mixed-dimension/temperature.ts';
import { splitWithin, widen } from '../../methods/mixed-dimension/width-spending.ts';
import { widthBytes } from '../../methods/shared/low-rank/block-widths.ts';

const dim = 8;
const blocks = [
  { ids: 10, popularity: 0.05 },
  { ids: 90, popularity: 0.004 },
  { ids: 900, popularity: 0.0001 },
];

// Computed by hand: rows of 8 floats for 10 ids, of 3 for 90 with a projection of 3 x 8, nothing for the rest: 1,496 bytes.
test.each([
  [4000, 0.446141, 1496, [8, 8, 0], 3200, 192],
  [8000, 0.269362, 5520, [8, 8, 1], 6832, 276],
  [16_000, 0.133022, 13_568, [8, 8, 3], 14_096, 444],
])('%i bytes at temperature %f: %i, then %j in %i, then %i rows more', (budget, temperature, ...expected) => {
  const [before, widths, after, rows] = expected;
  const bytes = (all: readonly number[]) =>
    blocks.reduce((sum, { ids }, b) => sum + widthBytes(ids, all[b], dim), 0);
  const start = mixedWidths(blocks, temperature, { dim, narrowest: 0, rounding: 'nearest' });
  expect(bytes(start)).toBe(before);
  const spending = { dim, temperature, steps: 'one' } as const;
  const widened = widen(blocks, start, budget - bytes(start), spending);
  expect(widened.widths).toEqual(widths);
  expect(bytes(widened.widths)).toBe(after);
  expect(widened.left).toBe(budget - bytes(widened.widths));
  expect(splitWithin(blocks, widened.widths, widened.left, spending)).toEqual({ block: 2, rows });
});

test('powers of two double, by what the doubled part is worth', () => {
  const spending = { dim, temperature: 0.5, steps: 'double' } as const;
  const { widths, left } = widen(blocks, [4, 2, 0], 10_000, spending);
  expect(widths.every((width) => [0, 1, 2, 4, 8].includes(width))).toBe(true);
  expect(left).toBeGreaterThanOrEqual(0);
  expect(widths[0]).toBe(8);
});

test('what is worth most for its bytes is taken first, what costs nothing before all, and nothing that does not fit', () => {
  const worth = [1, 5, 2];
  const taken: number[] = [];
  const bytes = [1, 10, -3];
  const { left } = spendGreedily([0, 0, 0], 9, (at, state) => {
    if (state === 1) taken.push(at);
    return state === 0 ? [{ to: 1, bytes: bytes[at], worth: worth[at] }] : [];
  });
  expect(taken).toEqual([2, 0, 1]);
  expect(left).toBe(9 + 3 - 1 - 10);
});
