import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import type { Method } from '../harness/contract/method.ts';
import { withinBudget } from '../harness/contract/size.ts';
import { joinFields } from '../harness/ops/join-fields.ts';
import { countIds } from './shared/rows/table-parts.ts';
import { fullTable } from './shared/rows/full-table.ts';

const options = z.strictObject({
  /**
   * The way in which narrow vectors reach the model's width: `pad` with zeros, which makes DLRM's dot products those of a narrower
   * model, or `project` by a trained matrix per field (mixed-dimension at temperature 0).
   */
  lift: z
    .enum(['pad', 'project'])
    .default('pad')
    .describe("how vectors get the model's width: zeros, or a matrix per field"),
});

export const uniform: Method<z.infer<typeof options>> = {
  name: 'uniform',
  aliases: ['small-dim'],
  title: 'Uniform small dimension',
  idea: 'the same smaller dimension for every field',
  formula: 'E(i) = [T[i], 0], T: n × w, w < d; or T[i] P, P: w × d',
  paper: {
    cite: 'Ginart et al., Mixed Dimension Embeddings, ISIT 2021 (the uniform baseline, temperature 0)',
    url: 'https://arxiv.org/abs/1909.11810',
  },
  departures: [
    {
      what: 'narrow rows are filled up with zeros, without a projection',
      why: 'it is the narrower model that a user would train instead, and the projection of the paper is lift=project; its effect on AUC is +0.0022 ± 0.0153 at 4x, −0.0026 ± 0.0213 at 8x on planted clicks; +0.0009 ± 0.0029 at 4x, −0.0000 ± 0.0026 at 8x on the Criteo sample',
    },
  ],
  family: 'baseline',
  cost: 'step',
  options,
  plan(layer, { lift }) {
    const { fields, dim, budget } = layer;
    const ids = countIds(fields);
    const perWidth = ids + (lift === 'project' ? fields.length * dim : 0);
    // Nothing is lifted at full width, so that no matrices are paid for.
    const width =
      budget >= 4 * ids * dim ? dim : Math.max(1, Math.min(dim - 1, Math.floor(budget / (4 * perWidth))));
    const { table, vectors } = fullTable(layer, width);
    // Uniform with variance 1 / width: the projected vectors have the variance of the rows.
    const projection = {
      shape: [fields.length, width, dim],
      init: { mean: 0, halfWidth: Math.sqrt(3 / width) },
    };
    const projects = lift === 'project' && width < dim;
    return withinBudget(
      {
        tables: [table],
        weights: projects ? [projection] : [],
        choices: { width },
        embed(lookup) {
          const narrow = vectors(lookup); // [batch, fields, width]
          if (projects) {
            const matrices = lookup.weight(projection) as tf.Tensor3D;
            const all = { vectors: narrow, matrices, fields: [...fields.keys()] };
            return joinFields([all], fields.length, dim);
          }
          return tf.pad(narrow, [[0, 0], [0, 0], [0, dim - width]]); // prettier-ignore
        },
      },
      budget,
      'one float per id',
    );
  },
};
