import { drawFloats, random } from '../../base/random.ts';
import type { Weight } from '../contract/method.ts';

/** The floats that a weight starts with: uniform around its mean, the same for the same seed. */
export function initialWeight({ shape, init }: Weight, seed: number): Float32Array {
  const stream = random(seed);
  const count = shape.reduce((product, side) => product * side, 1);
  return drawFloats(count, () => init.mean + init.halfWidth * (2 * stream.uniform() - 1));
}
