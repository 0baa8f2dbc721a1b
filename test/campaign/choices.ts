import type { Random } from '../../base/random.ts';

/** A whole number from 0 to `below` - 1. */
export const below = (stream: Random, count: number) => Math.floor((stream.next() / 2 ** 32) * count);

/** A whole number from `least` to `most`. */
export const between = (stream: Random, least: number, most: number) =>
  least + below(stream, most - least + 1);

export const oneOf = <T>(stream: Random, choices: readonly T[]): T => choices[below(stream, choices.length)];

/** True in one of `times` cases. */
export const oneIn = (stream: Random, times: number) => below(stream, times) === 0;

/** Flips, removes, inserts or repeats up to three stretches of bytes, or cuts the end off. */
export function damaged(stream: Random, bytes: Uint8Array): Uint8Array {
  let result = Buffer.from(bytes);
  for (let times = between(stream, 1, 3); times > 0; times--) {
    if (result.length === 0) return result;
    const at = below(stream, result.length);
    const length = Math.min(result.length - at, oneOf(stream, [1, 1, 2, 16]));
    const [head, stretch, tail] = [
      result.subarray(0, at),
      result.subarray(at, at + length),
      result.subarray(at + length),
    ];
    switch (below(stream, 6)) {
      case 0:
        result = head; // cut
        break;
      case 1:
        result = Buffer.concat([head, tail]);
        break;
      case 2:
        result = Buffer.concat([head, stretch, stretch, tail]);
        break;
      case 3:
        result = Buffer.concat([head, Buffer.alloc(length, below(stream, 256)), stretch, tail]);
        break;
      default:
        result = Buffer.from(result);
        result[at] ^= 1 << below(stream, 8);
    }
  }
  return result;
}
