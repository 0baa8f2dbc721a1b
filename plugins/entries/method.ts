/**
 * `embed-bench/method`: all that a method needs from this project. The types are the contract's (harness/contract/method.ts); the
 * functions are those that methods/ imports.
 */
export { z } from 'zod';
export * as tf from '../../tensors/index.ts';

export type { Plugin } from '../plugin.ts';
export type { MethodTraits } from '../method-traits.ts';
export type * from '../../harness/contract/method.ts';
export { isInfeasible } from '../../harness/contract/method.ts';
export type { Field } from '../../harness/contract/data.ts';
export { families, type Family, trainingCosts, type TrainingCost } from '../../harness/contract/kinds.ts';
export type { Wrapper } from '../../harness/contract/wrapper.ts';
export { none, type OpenBackend, type RowGradient, type Rows } from '../../harness/contract/backend.ts';
export type * from '../../harness/contract/index-formula.ts';

/** Budgets, sizes and keys. */
export {
  budgetFor,
  fullSize,
  infeasible,
  type Size,
  sizeOf,
  trainedBytes,
  trainedFloats,
  withinBudget,
} from '../../harness/contract/size.ts';
export {
  overlaps,
  tableFloats,
  tableRows,
  updatedShape,
  weightFloats,
} from '../../harness/contract/table-shape.ts';
export { everyId, idsOfUncompressed, keyBytes, keysOf } from '../../harness/contract/keys.ts';
export {
  bitmapBytes,
  blockBytes,
  listBytes,
  nonZerosWithin,
  sparseBytes,
  storedBytes,
} from '../../harness/contract/storage.ts';

/** Row numbers, and vectors made of rows. */
export {
  bitsFor,
  type IdMap,
  idMap,
  type Indices,
  type PerField,
  valuesOf,
} from '../../harness/contract/indices.ts';
export { distinctRows } from '../../harness/contract/distinct-rows.ts';
export { fillUniform } from '../../harness/contract/fill.ts';
export { knownEmbed } from '../../harness/contract/known-embed.ts';
export { joinFields } from '../../harness/ops/join-fields.ts';
export { joinRows } from '../../harness/ops/join-rows.ts';
export { computedTensor } from '../../harness/ops/computed-tensor.ts';
export { hasKernel, kernelOr } from '../../harness/ops/kernel.ts';
export { mlp } from '../../harness/ops/mlp.ts';
export { rowDots } from '../../harness/ops/row-dots.ts';
export { scaledFloats } from '../../harness/ops/scaled-floats.ts';

/** Hashes, random numbers, sums. */
export { deriveSeed, hash32, mix32 } from '../../base/hash.ts';
export { lazily } from '../../base/lazily.ts';
export { permutation, type Random, random } from '../../base/random.ts';
export { sum } from '../../base/sum.ts';
export { leastOfTopK, topK } from '../../base/top-k.ts';
export { UserError } from '../../base/user-error.ts';

/** Parts that several methods of methods/ share. */
export { largestWithin, partFinder, smallestThatFits } from '../../methods/shared/budget/bisection.ts';
export { planWithin } from '../../methods/shared/budget/plan-within.ts';
export { evenWidths, rowShares, widthsUpTo } from '../../methods/shared/budget/shares.ts';
export { fullTable, gradientsOfRows, touchedRows } from '../../methods/shared/rows/full-table.ts';
export {
  countIds,
  fieldOffsets,
  firstRows,
  idInit,
  offsetsOf,
  rowPerId,
} from '../../methods/shared/rows/table-parts.ts';
