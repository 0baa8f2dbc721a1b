/**
 * Seeded mixing of 32-bit integers: the one source of hash functions and random numbers of the project. Everything is
 * Math.imul and shifts on unsigned 32-bit integers, so results are exact and equal on every platform (products of
 * doubles would lose bits above 2^53).
 */

/** A bijection of the 32-bit integers whose output bits each depend on every input bit (the `lowbias32` constants
 * of C. Wellons' hash-function search; avalanche bias 0.17 of 1). */
export function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Hash of `x` under `seed`; different seeds give unrelated functions. Both are taken modulo 2^32. */
export function hash32(x: number, seed: number): number {
  return mix32(mix32(x ^ mix32(seed)) + seed);
}

/** One seed from several numbers or names, order mattering: `deriveSeed(run.seed, 'table', 3)`. */
export function deriveSeed(...path: readonly (number | string)[]): number {
  let seed = 0x9e3779b9;
  for (const step of path) {
    if (typeof step === 'number') seed = hash32(step, seed);
    else for (const character of step) seed = hash32(character.codePointAt(0)!, seed);
    seed = mix32(seed + 1);
  }
  return seed;
}
