import { expect } from 'vitest';
import { addon } from './addon.ts';
import { Guarded } from './numbers.ts';

/** Calls the add-on with 1 and with 3 threads: the same bits, and nothing written beside the outputs. */
export function outputsOf(
  set: string,
  sizes: readonly number[],
  call: (out: Float32Array[]) => void,
): Float32Array[] {
  const all = [1, 3].map((threads) => {
    addon.configure(threads, set);
    const outputs = sizes.map((size) => new Guarded(size));
    call(outputs.map(({ floats }) => floats));
    expect(outputs.map(({ intact }) => intact)).toEqual(outputs.map(() => true));
    return outputs.map(({ floats }) => floats);
  });
  expect(all[1].map((array, i) => firstOther(array, all[0][i]))).toEqual(all[0].map(() => -1));
  return all[0];
}

/** The first place where two arrays differ, or -1. */
export const firstOther = (found: ArrayLike<number>, expected: ArrayLike<number>): number =>
  found.length === expected.length ? Array.from(found).findIndex((x, i) => x !== expected[i]) : 0;
