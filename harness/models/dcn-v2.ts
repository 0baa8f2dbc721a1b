import { z } from 'zod';
import { deriveSeed } from '../../base/hash.ts';
import type { Model } from '../contract/model.ts';
import { deepInput } from '../ops/deep-input.ts';
import { variablesOf } from './create-layers.ts';
import { createTowerAndHead } from './cross-head.ts';
import { createLowRankCross, createMixedCross, createWholeCross } from './cross-layers.ts';
import { layerWidths, widthsText } from './layer-widths.ts';

const options = z
  .strictObject({
    cross: z.int().min(1).max(16).default(3).describe('cross layers'),
    rank: z.int().min(0).default(0).describe('rank of their matrices, 0: whole matrices'),
    experts: z
      .int()
      .min(0)
      .max(64)
      .default(0)
      .describe('experts of that rank in a layer, 0: a plain product of two matrices'),
    hidden: layerWidths('256-256', 'hidden layers of the deep tower'),
    structure: z
      .enum(['parallel', 'stacked'])
      .default('parallel')
      .describe('the tower sees the input, or what is crossed'),
  })
  .refine(({ rank, experts }) => experts === 0 || rank > 0, {
    error: 'Expected a rank above 0 beside experts, such as --set dcn-v2.rank=32',
    path: ['experts'],
  });

/**
 * DCN V2: cross layers with matrices, x_{l+1} = x_0 o (x_l W_l + b_l) + x_l, and a deep tower as in DCN, beside them or behind them.
 * W_l is whole, a product of two thin matrices, or a mixture of experts of low rank with gates that the layers share.
 */
export const dcnV2: Model<z.infer<typeof options>> = {
  name: 'dcn-v2',
  aliases: ['dcnv2'],
  title: 'DCN V2',
  formula: 'z = h · (x_L, MLP(x_0)) + b, x_l+1 = x_0 ∘ (x_l W_l + b_l) + x_l',
  paper: {
    cite: 'Wang et al., DCN V2: Improved Deep & Cross Network and Practical Lessons for Web-scale Learning to Rank Systems, WWW 2021',
    url: 'https://arxiv.org/abs/2008.13535',
  },
  options,
  describe({ cross, rank, experts, hidden, structure }) {
    const ofRank = rank > 0 ? ` of rank ${rank}` : '';
    const mixed = experts > 0 ? ` x ${experts}` : '';
    return `${cross} cross${ofRank}${mixed}, ${widthsText(hidden)}${structure === 'stacked' ? ' stacked' : ''}`;
  },
  build({ denseFields, fields, dim }, { hidden, structure, ...cross }, seed) {
    const inputs = fields * dim + denseFields;
    const { rank, experts } = cross;
    const create = rank === 0 ? createWholeCross : experts === 0 ? createLowRankCross : createMixedCross;
    const network = create({ inputs, ...cross }, deriveSeed(seed, 'cross'));
    const { layers, logits } = createTowerAndHead(inputs, hidden, structure, seed, { sharesInput: true });
    return {
      variables: [...network.variables, ...variablesOf(layers)],
      layers: [...network.layers, ...layers],
      logits(dense, vectors, backward) {
        const x0 = deepInput(vectors, dense, 0);
        return logits(x0, network.crossed(x0, backward), backward);
      },
    };
  },
};
