/** Random numbers addressed by (row, purpose): row i can be made without the rows before it. */
import { deriveSeed, mix32 } from '../../base/hash.ts';

/** Uniform in (0, 1) for a row; the same purpose under the same seed is the same draw. */
export function uniformDraw(seed: number, purpose: string): (row: number) => number {
  const first = deriveSeed(seed, purpose, 'xor');
  const second = deriveSeed(seed, purpose, 'add');
  return (row) => (mix32(mix32(row ^ first) + second) + 0.5) * 2 ** -32;
}

/**
 * About standard normal for a row: the sum of four uniform 16-bit numbers (Irwin-Hall), which ends at 3.46 deviations and
 * so keeps log-normal counts within sight.
 */
export function normalDraw(seed: number, purpose: string): (row: number) => number {
  const first = deriveSeed(seed, purpose, 'xor');
  const second = deriveSeed(seed, purpose, 'add');
  return (row) => {
    const high = mix32(mix32(row ^ first) + second);
    const low = mix32(high + second);
    const sum = (high & 0xffff) + (high >>> 16) + (low & 0xffff) + (low >>> 16);
    return (sum - 4 * halfMean) * inverseDeviation;
  };
}

const halfMean = 0xffff / 2;
const inverseDeviation = 1 / Math.sqrt((4 * (65536 ** 2 - 1)) / 12);
