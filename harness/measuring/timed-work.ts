import * as tf from '../../tensors/index.ts';
import type { Batch } from '../contract/data.ts';
import type { PreparedProducts } from './matrix-products.ts';
import { readAndDispose } from './read-and-dispose.ts';
import type { Trainer } from '../training/trainer.ts';

/**
 * The kinds of work that are timed: training steps, inference, lookups of vectors, and the matrix products of a training step
 * alone.
 */
export const works = ['train', 'inference', 'lookups', 'products'] as const;
export type Work = (typeof works)[number];

/** The things that work is done with; products are needed where they are the work. */
export interface Workbench {
  readonly trainer: Trainer;
  readonly learningRate: number;
  readonly products?: PreparedProducts;
}

/**
 * Asks for the work once per batch, back to back, and returns when all of it is computed: the last loss is read, or all
 * logits, or the last product; vectors stay where they are, for reading them would be timed too. A device is waited
 * for at the end alone, so that it computes while the next batches are asked for.
 */
export async function doWork(
  work: Work,
  { trainer, learningRate, products }: Workbench,
  batches: readonly Batch[],
): Promise<void> {
  const { embedding } = trainer;
  const { synchronize } = embedding;
  switch (work) {
    case 'train': {
      let loss: tf.Tensor | undefined;
      for (const batch of batches) {
        loss?.dispose();
        loss = trainer.step(batch, learningRate);
        // The work of the plan after a step belongs to it. Most have none.
        if (embedding.plan.afterStep) await trainer.afterStep();
      }
      await readAndDispose(loss!);
      break;
    }
    case 'inference':
      await Promise.all(batches.map((batch) => readAndDispose(tf.tidy(() => trainer.logits(batch)))));
      break;
    case 'lookups':
      lastOf(batches, (batch) => tf.tidy(() => embedding.embedBatch(batch))).dispose();
      break;
    case 'products': {
      const product = lastOf(batches, () => products!.multiply());
      if (synchronize) product.dispose();
      else await readAndDispose(product);
    }
  }
  await synchronize?.(); // the one place where a device says what went wrong
}

/** The result of the last batch; the others are disposed as soon as the next is asked for. */
function lastOf(batches: readonly Batch[], ask: (batch: Batch) => tf.Tensor): tf.Tensor {
  return batches.reduce<tf.Tensor | undefined>((before, batch) => {
    before?.dispose();
    return ask(batch);
  }, undefined)!;
}
