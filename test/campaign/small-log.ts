import type { RawSource } from '../../datasets/raw-rows.ts';
import { logOf } from '../datasets/sample-rows.ts';

/** A log with ids of one byte and of two, whose rows cost nothing to make. */
export function smallLog(rows: number, seed: number): RawSource {
  const column = (token: (row: number) => number) => Array.from({ length: rows }, (_, row) => token(row));
  return logOf(
    {
      A: column((row) => (row * seed) % 9),
      B: column((row) => (row * row + seed) % 601),
      C: column((row) => Math.imul(row + seed, 0x9e3779b1) >>> 0),
    },
    100,
  );
}
