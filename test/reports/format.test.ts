import { expect, it } from 'vitest';
import { formatAchieved, formatBytes, formatChange, formatRatio, formatShort } from '../../reports/format.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [2_110_000, '2.11 MB'],
  [33_762_048, '33.8 MB'],
  [2.16e9, '2.16 GB'],
  [5e15, '5,000 TB'],
])('writes %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it('writes other numbers as readers expect', () => {
  expect(formatShort(12_345)).toBe('12.3 k');
  expect([16, 2.5, 1000, 1e4].map(formatRatio)).toEqual(['16x', '2.5x', '1,000x', '10,000x']);
  expect([4, 16.04, 1016.4].map(formatAchieved)).toEqual(['4.00x', '16.0x', '1,016x']);
});

it('gives a difference its sign, but none to what rounds to zero', () => {
  expect([0.01234, -0.01234, -0.00001, 0.00001].map((value) => formatChange(value))).toEqual([
    '+0.0123',
    '−0.0123',
    '0.0000',
    '0.0000',
  ]);
});
