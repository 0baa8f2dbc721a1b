import { z } from 'zod';
import { deriveSeed } from '../../base/hash.ts';
import type { Model } from '../contract/model.ts';
import { firstOrderSum } from '../ops/first-order-sum.ts';
import { variablesOf } from './create-layers.ts';
import { createDeepPart } from './deep-part.ts';
import { createFirstOrder, sumOf } from './first-order.ts';
import { layerWidths, widthsText } from './layer-widths.ts';

const options = z.strictObject({ hidden: layerWidths('256-256', 'hidden layers of the deep part') });

/**
 * Wide & Deep: a logistic regression on coordinate 0 of the vectors and dense features, and an MLP on the other coordinates and dense
 * features. Its only bias is the MLP's last. The paper's wide part has products of chosen features; here, as in other
 * benchmarks of click prediction, it has none.
 */
export const wideDeep: Model<z.infer<typeof options>> = {
  name: 'wide-deep',
  aliases: ['wdl'],
  title: 'Wide & Deep',
  formula: 'z = x · w + Σ v_i0 + MLP(v_1, ..., v_F, x)',
  paper: {
    cite: 'Cheng et al., Wide & Deep Learning for Recommender Systems, DLRS 2016',
    url: 'https://arxiv.org/abs/1606.07792',
  },
  options,
  describe: ({ hidden }) => widthsText(hidden),
  build(shape, { hidden }, seed) {
    const deep = createDeepPart(shape, hidden, deriveSeed(seed, 'deep'));
    const first = createFirstOrder(shape.denseFields, { bias: deep.layers.length === 0 });
    return {
      variables: [...first.variables, ...variablesOf(deep.layers)],
      layers: deep.layers,
      logits: (dense, vectors, backward) =>
        sumOf(firstOrderSum(vectors), first.ofDense(dense), deep.logits(dense, vectors, backward)),
    };
  },
};
