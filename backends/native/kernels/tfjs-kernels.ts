import { binary } from './binary.ts';
import { constants } from './constants.ts';
import { picks } from './gather.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import type { PartialKernels } from './register.ts';
import { shapes } from './shapes.ts';
import { unary } from './unary.ts';

/** tfjs's kernels that the add-on has its own of. */
export const ownKernels: PartialKernels = {
  ...unary,
  ...binary,
  ...reductions,
  ...shapes,
  ...picks,
  ...products,
  ...constants,
};
