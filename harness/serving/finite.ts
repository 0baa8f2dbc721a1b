import { UserError } from '../../base/user-error.ts';

/** The largest magnitude of floats. Throws a UserError if one is no finite number: no form of few bits has a code for it. */
export function largestMagnitude(floats: Float32Array, from: number, to: number): number {
  let most = 0;
  for (let i = from; i < to; i++) {
    const magnitude = Math.abs(floats[i]);
    if (!(magnitude < Infinity))
      throw new UserError(
        `float ${i} of a table is ${floats[i]} after training, which cannot be stored in few bits: try a lower --learning-rate`,
      );
    if (magnitude > most) most = magnitude;
  }
  return most;
}
