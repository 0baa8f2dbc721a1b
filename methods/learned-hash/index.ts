import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import { knownEmbed } from '../../harness/contract/known-embed.ts';
import type { Method, Table } from '../../harness/contract/method.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { solveClusters } from './cluster-budget.ts';
import { fitCodebooks } from '../shared/clustering/codebooks.ts';
import { codedLayer } from '../shared/codes/coded-layer.ts';
import { fullTable } from '../shared/rows/full-table.ts';
import { keepOption } from '../shared/rows/keep-option.ts';

const options = z.strictObject({
  width: z.int().min(1).default(4).describe('width of the vectors that are clustered'),
  share: z.number().gt(0).max(1).default(0.5).describe('share of the epochs that trains those vectors'),
  weighted: z.boolean().default(true).describe('an id counts as often as training has seen it'),
  keep: keepOption,
});

export const learnedHash: Method<z.infer<typeof options>> = {
  name: 'learned-hash',
  aliases: ['learning-to-collide', 'ltc'],
  title: 'Learned hash functions',
  idea: 'ids that a small model finds alike share a row: clusters of its vectors take the place of a hash function',
  formula: 'E(i) = T[c(i)], c(i) = argminⱼ ‖s(i) − μⱼ‖ of a small vector s(i) trained before',
  paper: {
    cite: 'Ghaemmaghami et al., Learning to Collide: Recommendation System Model Compression with Learned Hash Functions, 2022',
    url: 'https://arxiv.org/abs/2203.15837',
  },
  departures: [
    {
      what: 'vectors of 4 floats that were trained for half of the epochs are clustered',
      why: 'the paper was read in its abstract alone, and vectors of a fully trained model would double the training; not measured',
    },
    {
      what: 'k-means counts an id as often as training has seen it',
      why: 'error counts by lookup; weighted=false counts ids alike; its effect on AUC is −0.0005 ± 0.0141 at 16x, +0.0060 ± 0.0071 at 64x on planted clicks; −0.0010 ± 0.0012 at 16x, +0.0020 ± 0.0065 at 64x on the Criteo sample',
    },
    {
      what: 'the number of clusters of each field is solved for the budget, the map of ids included',
      why: 'published parameter counts leave the map out',
    },
  ],
  family: 'hashing and sharing',
  cost: 'stages',
  options,
  /**
   * A narrow table is trained briefly and clustered field by field; then rows for the clusters are trained from the
   * beginning, under a network that starts anew. A layer of clusters is one of codes of a single part.
   */
  plan(layer, { width: wanted, share, weighted, keep }) {
    const { fields, dim, budget, seed } = layer;
    const width = Math.min(wanted, dim);
    const layout = solveClusters(layer, { width, keep });
    if (layout === undefined) return infeasible(4 * dim * fields.length, budget, 'a row per field');
    const planned = codedLayer(layer, layout);
    const choices = { clusters: layout.codewords, clustered: layout.hot };
    if (planned.codebooks === undefined) return planned.plan(choices);
    const { table, offsets, rowsOf } = fullTable(layer, width);
    return {
      tables: [table],
      choices,
      training: { name: 'sketch', share },
      embed: paddedRows({ offsets, missing: dim - width }, [table]),
      serving: planned.serving,
      async next(trained) {
        const rows = await trained.rows(table);
        const narrow = codedLayer({ fields, dim: width }, { ...layout, width });
        const sketch = { fields, dim: width, seed };
        const { codes } = fitCodebooks(sketch, narrow, (f) => rowsOf(rows, f), weighted);
        return { plan: codedLayer(layer, layout, { codes }).plan(choices), network: 'fresh' };
      },
    };
  },
};

/** Narrow rows of all ids, with zeros behind them. */
const paddedRows = knownEmbed(
  'learned-hash: narrow rows, padded',
  ({ offsets, missing }: { offsets: readonly number[]; missing: number }, [table]: readonly [Table]) =>
    ({ ids, rows }) =>
      tf.pad(rows(table, ids.plus(offsets)), [[0, 0], [0, 0], [0, missing]]), // prettier-ignore
);
