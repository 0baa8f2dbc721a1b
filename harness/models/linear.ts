import { z } from 'zod';
import type { Model } from '../contract/model.ts';
import { firstOrderSum } from '../ops/first-order-sum.ts';
import { createFirstOrder, sumOf } from './first-order.ts';

/**
 * Logistic regression: z = b + x . w + sum over the fields of the id's only float. Its vectors have width 1. With
 * `--optimizer ftrl` it is the model of McMahan et al. (Ad Click Prediction: a View from the Trenches, KDD 2013).
 */
export const linear: Model<Record<string, never>> = {
  name: 'linear',
  aliases: ['lr'],
  title: 'Logistic regression',
  formula: 'z = b + x · w + Σ v_i',
  paper: {
    cite: 'Richardson et al., Predicting Clicks: Estimating the Click-Through Rate for New Ads, WWW 2007',
    url: 'https://doi.org/10.1145/1242572.1242643',
  },
  options: z.strictObject({}),
  width: 1,
  withoutLayers: true,
  describe: () => 'no layers',
  build({ denseFields }) {
    const first = createFirstOrder(denseFields, { bias: true });
    return {
      variables: first.variables,
      layers: [],
      logits: (dense, vectors) => sumOf(firstOrderSum(vectors), first.ofDense(dense)),
    };
  },
};
