import * as tf from '@tensorflow/tfjs';
import type { Batch } from './contract/data.ts';
import type { PreparedProducts } from './matrix-products.ts';
import { readOnce } from './read-once.ts';
import type { Trainee } from './trainee.ts';

/**
 * What throughput is measured of, each done once on a batch and awaited up to its result: a training step to its loss,
 * inference to its logits, look-ups to the vectors where they are; products are the matrix products of a training step alone.
 */
export const works = ['train', 'inference', 'lookups', 'products'] as const;
export type Work = (typeof works)[number];

export async function doWork(
  work: Work,
  trainee: Trainee,
  batch: Batch,
  products: PreparedProducts,
  learningRate: number,
): Promise<void> {
  switch (work) {
    case 'train':
      return void (await readOnce(trainee.step(batch, learningRate)));
    case 'inference':
      return void (await readOnce(tf.tidy(() => trainee.logits(batch))));
    case 'lookups': {
      const { ids, size } = batch;
      const { embedding } = trainee;
      tf.dispose(tf.tidy(() => embedding.embed(ids, size, ids.length / size)));
      return embedding.synchronize?.(); // vectors stay where they are: reading them would be timed too
    }
    case 'products':
      return products.multiply();
  }
}
