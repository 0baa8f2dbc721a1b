import { random } from '../../../base/random.ts';

/** Around the numbers that tiles, panels, vectors and ranges of k have in the kernels. */
export const oddSizes = [0, 1, 2, 13, 14, 15, 16, 17, 31, 32, 33, 63, 255, 256, 257, 300];

const guard = 12345.678;
const guarded = 24;

/** Floats between two guards, so that what is written past either end is seen; odd, so that they are not aligned. */
export class Guarded {
  readonly floats: Float32Array;
  private readonly all: Float32Array;

  constructor(length: number) {
    this.all = new Float32Array(length + 2 * guarded + 1).fill(guard);
    this.floats = this.all.subarray(guarded + 1, guarded + 1 + length).fill(NaN);
  }

  get intact(): boolean {
    const around = [
      ...this.all.subarray(0, guarded + 1),
      ...this.all.subarray(guarded + 1 + this.floats.length),
    ];
    return around.every((x) => x === Math.fround(guard));
  }
}

/** Standard normal floats, a function of the seed. */
export function normals(length: number, seed: number): Float32Array {
  const stream = random(seed);
  return Float32Array.from({ length }, () => stream.normal());
}

export const halfUlp = 2 ** -24;

/** The first place where `found` is further from `expected` than `bound` allows, in words. */
export function firstBeyond(
  found: Float32Array,
  expected: Float64Array,
  bound: Float64Array,
): string | undefined {
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(found[i] - expected[i]) <= bound[i]))
      return `[${i}]: ${found[i]} is not ${expected[i]} +- ${bound[i]}`;
  return undefined;
}
