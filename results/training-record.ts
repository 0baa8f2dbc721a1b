import { z } from 'zod';
import { amount, count } from './quantities.ts';

/** One stage of training, or the only one: a search, a pretraining, a conversion. */
export const stage = z.object({
  name: z.string(),
  /** Seconds, with the work between it and the next stage: clustering, quantizing. */
  seconds: amount,
  samples: count,
  steps: count,
  /** Bytes of the embedding layer's floats, frozen ones too, its maps, and optimizer state. */
  trainingBytes: count.optional(),
});
export type Stage = z.infer<typeof stage>;

/** Bytes that training holds, by kind: what formulas expect, in the stage that holds most. */
export const trainingMemory = z.object({
  /** Rows, weights and maps of the embedding layer. */
  tableBytes: count,
  networkBytes: count,
  /** The optimizer's state. */
  stateBytes: count,
  /** Peak bytes of the gradients of weights and biases, or of the low-rank estimates that replace them. */
  gradientBytes: count,
  /** Inputs that the network's layers save for the backward pass. */
  layerBytes: amount,
});
/** The same as measured, with kinds that no formula gives. */
export const measuredMemory = trainingMemory.extend({
  /** Gradients of the rows that a batch looked up, one for each lookup. */
  rowGradientBytes: count,
  /** All other activations saved for the backward pass; neither variables nor ids. */
  otherBytes: count,
});
