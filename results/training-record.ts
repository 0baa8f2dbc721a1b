import { z } from 'zod';
import { named } from './named.ts';
import { amount, atLeastOne, count } from './quantities.ts';

/** Settings of training that are off where they are absent, as in all older records. */
export const practice = z.object({
  /** Epochs in a row without a better validation AUC that end a stage. */
  patience: atLeastOne.optional(),
  /** Divisor of the learning rate after an epoch without a better validation AUC. */
  reduceOnPlateau: z.number().gt(1).optional(),
  /** Share of an epoch's steps over which the learning rate rises. */
  warmUp: z.number().gt(0).max(1).optional(),
  /** Decline of the learning rate over the epochs, and the share of it at the end: linear:0.01. */
  decay: z.string().optional(),
  /** Factor of half the squares of looked-up floats, as a mean over samples. */
  l2Rows: z.number().positive().optional(),
  /** Factor of half the squares of the network's weights. */
  l2Network: z.number().positive().optional(),
  /** Share of the outputs of hidden layers that a training step leaves out. */
  dropout: z.number().gt(0).lt(1).optional(),
  /** Share of an epoch's last steps whose mean of the weights was evaluated. */
  average: z.number().gt(0).max(1).optional(),
  /** Numbers of the optimizer that differ from its defaults. */
  optimizerOptions: named(z.number()).optional(),
});

/** One stage of training, or the only one: a search, a pretraining, a conversion. */
export const stage = z.object({
  name: z.string(),
  /** Seconds, with the work between it and the next stage: clustering, quantizing. */
  seconds: amount,
  samples: count,
  steps: count,
  /** Bytes of the embedding layer's floats, frozen ones too, its maps, and optimizer state. */
  trainingBytes: count.optional(),
  /** Every epoch, or the part of it that the stage has. Absent where there is one at a constant rate. */
  epochs: z
    .array(
      z.object({
        validationAuc: z.number(),
        /** The learning rate of the epoch's last step. */
        learningRate: z.number().positive(),
      }),
    )
    .readonly()
    .optional(),
  /** Snapshots that its weights are the mean of: 0 where its method allows none. Absent where no average was asked for. */
  snapshots: count.optional(),
  /** Absent from older records, and where the backend replays no steps. */
  replay: z
    .object({
      /** Steps that were calls of kernels made again as the backend had recorded them, without tfjs's tape. */
      steps: count,
      /** The reason why other steps ran on the tape, if it is another than that they were recorded. */
      reason: z.string().optional(),
    })
    .optional(),
  /**
   * Another run trained it, and this one continued from there, bit by bit. All numbers of the stage, and what the record says of
   * speed and memory, are then as that run measured them. Absent where the run trained it itself.
   */
  shared: z
    .object({
      /** The id of that run. */
      run: z.string(),
      /** Seconds of its training, which this run did not spend. */
      seconds: amount,
    })
    .optional(),
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
