import { z } from 'zod';
import { deriveSeed } from '../../base/hash.ts';
import type { Model } from '../contract/model.ts';
import { variablesOf } from './create-layers.ts';
import { createDeepPart } from './deep-part.ts';
import { createFactorizationMachine, denseOption } from './factorization-machine.ts';
import { createFirstOrder, sumOf } from './first-order.ts';
import { layerWidths, widthsText } from './layer-widths.ts';

const options = z.strictObject({
  hidden: layerWidths('256-256', 'hidden layers of the deep part'),
  dense: denseOption,
});

/**
 * DeepFM: a factorization machine and an MLP on the same vectors. The MLP has dense features as they are; in the factorization
 * machine they are vectors x_j u_j, or have weights alone. Its only bias is the MLP's last.
 */
export const deepfm: Model<z.infer<typeof options>> = {
  name: 'deepfm',
  title: 'DeepFM',
  formula: 'z = x · w + Σ v_i0 + Σ_i<j v_i · v_j + MLP(v_1, ..., v_F, x)',
  paper: {
    cite: 'Guo et al., DeepFM: A Factorization-Machine based Neural Network for CTR Prediction, IJCAI 2017',
    url: 'https://arxiv.org/abs/1703.04247',
  },
  options,
  describe: ({ hidden, dense }) => `${widthsText(hidden)}, dense ${dense}`,
  build(shape, { hidden, dense: kind }, seed) {
    const deep = createDeepPart(shape, hidden, deriveSeed(seed, 'deep'));
    const first = createFirstOrder(shape.denseFields, { bias: deep.layers.length === 0 });
    const machine = createFactorizationMachine(shape, kind, deriveSeed(seed, 'factors'));
    return {
      variables: [...first.variables, ...machine.variables, ...variablesOf(deep.layers)],
      layers: deep.layers,
      logits: (dense, vectors, backward) =>
        sumOf(machine.logits(dense, vectors), first.ofDense(dense), deep.logits(dense, vectors, backward)),
    };
  },
};
