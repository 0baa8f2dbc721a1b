import * as tf from '@tensorflow/tfjs';
import type { Batch } from './contract/data.ts';
import type { PreparedProducts } from './matrix-products.ts';
import type { Trainee } from './trainee.ts';

/**
 * What throughput is measured of, each done once on a batch and awaited up to its result: a training step to its loss,
 * inference to its logits, look-ups to the vectors; products are the matrix products of a training step alone.
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
      return read(trainee.step(batch, learningRate));
    case 'inference':
      return read(tf.tidy(() => trainee.logits(batch)));
    case 'lookups': {
      const { ids, size } = batch;
      return read(tf.tidy(() => trainee.embedding.embed(ids, size, ids.length / size)));
    }
    case 'products':
      return products.multiply();
  }
}

/** On a device, what was asked is done only once it is read. */
async function read(tensor: tf.Tensor): Promise<void> {
  await tensor.data();
  tensor.dispose();
}
