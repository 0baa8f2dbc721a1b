/** `embed-bench/model`: all that a model needs from this project. The types are the contract's (harness/contract/model.ts). */
export { z } from 'zod';
export * as tf from '../../tensors/index.ts';

export type { Plugin } from '../plugin.ts';
export type * from '../../harness/contract/model.ts';
export { createFirstOrder, sumOf } from '../../harness/models/first-order.ts';
export * from '../../harness/models/create-layers.ts';
export * from '../../harness/models/layer-widths.ts';
export { crossProduct } from '../../harness/ops/cross-product.ts';
export { crossMatrices } from '../../harness/ops/cross-matrices.ts';
export { crossVectors } from '../../harness/ops/cross-vectors.ts';
export { deepInput } from '../../harness/ops/deep-input.ts';
export { dotInteraction } from '../../harness/ops/dot-interaction.ts';
export { firstOrderSum } from '../../harness/ops/first-order-sum.ts';
export { fmInteraction } from '../../harness/ops/fm-interaction.ts';
export { hasKernel, kernelOr } from '../../harness/ops/kernel.ts';
export { mlp } from '../../harness/ops/mlp.ts';
export { pairwiseDots } from '../../harness/ops/pairwise-dots.ts';
export { rowDots } from '../../harness/ops/row-dots.ts';
export { deriveSeed, hash32, mix32 } from '../../base/hash.ts';
export { type Random, random } from '../../base/random.ts';
export { UserError } from '../../base/user-error.ts';
