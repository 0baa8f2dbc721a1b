import { z } from 'zod';
import { deriveSeed } from '../../base/hash.ts';
import type { Model } from '../contract/model.ts';
import { createFactorizationMachine, denseOption } from './factorization-machine.ts';
import { createFirstOrder, sumOf } from './first-order.ts';

const options = z.strictObject({ dense: denseOption });

/**
 * Factorization machine: a logistic regression on coordinate 0 of the vectors, and the dot products of all pairs of vectors over the
 * other coordinates. Dense features are vectors x_j u_j among the others, or have weights alone.
 */
export const fm: Model<z.infer<typeof options>> = {
  name: 'fm',
  title: 'Factorization machine',
  formula: 'z = b + x · w + Σ v_i0 + Σ_i<j v_i · v_j, ids and x_j u_j alike',
  paper: {
    cite: 'Rendle, Factorization Machines, ICDM 2010',
    url: 'https://doi.org/10.1109/ICDM.2010.127',
  },
  options,
  withoutLayers: true,
  describe: ({ dense }) => `dense ${dense}`,
  build(shape, { dense: kind }, seed) {
    const first = createFirstOrder(shape.denseFields, { bias: true });
    const machine = createFactorizationMachine(shape, kind, deriveSeed(seed, 'factors'));
    return {
      variables: [...first.variables, ...machine.variables],
      layers: [],
      logits: (dense, vectors) => sumOf(machine.logits(dense, vectors), first.ofDense(dense)),
    };
  },
};
