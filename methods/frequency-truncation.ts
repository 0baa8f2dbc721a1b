import { z } from 'zod';
import type { Lookup, Method, Table } from '../harness/contract/method.ts';
import { deriveSeed } from '../harness/contract/mix.ts';
import { sizeOf, withinBudget } from '../harness/contract/size.ts';
import { joinFields } from '../harness/ops/join-fields.ts';
import { fieldsWhere } from './shared/fields-where.ts';
import { hotIds, sortedByCount } from './shared/hot-ids.ts';
import { hottest } from './shared/hottest.ts';
import { largestWithin } from './shared/largest-within.ts';
import { firstRows, idInit } from './shared/rows.ts';

const options = z.strictObject({
  oov: z
    .int()
    .min(1)
    .default(1)
    .describe('rows per field that its other ids share, by a hash where there are several'),
});

export const frequencyTruncation: Method<z.infer<typeof options>> = {
  name: 'frequency-truncation',
  aliases: ['topk', 'min-count'],
  title: 'Frequency truncation',
  idea: 'the most frequent ids of all fields keep a row each; the others of a field share one',
  paper: {
    cite: 'Zhu et al., Open Benchmarking for Click-Through Rate Prediction, CIKM 2021 (common practice: its minimum counts)',
    url: 'https://arxiv.org/abs/2009.05794',
  },
  options,
  plan({ fields, dim, budget, seed }, { oov }) {
    const [top, sorted] = [hottest(fields), sortedByCount(fields)];
    const seeds = fields.map((_, f) => deriveSeed(seed, 'frequency-truncation', f));
    const planAt = (rows: number) => {
      const taken = top(rows);
      // As many rows as the rest has ids are no fewer than a row for each.
      const kept = fields.map(({ cardinality: n }, f) => (n <= taken[f] + oov ? n : taken[f]));
      const ids = hotIds(fields, kept, sorted);
      const withKept = fieldsWhere(kept, (rows) => rows > 0);
      const withRest = fieldsWhere(fields, ({ cardinality }, f) => cardinality > kept[f]);
      const table: Table = {
        width: dim,
        parts: fields.map(({ cardinality }, f) => ({
          rows: kept[f] + (kept[f] < cardinality ? oov : 0),
          init: idInit(cardinality),
        })),
      };
      const offsets = firstRows(table.parts);
      return {
        tables: [table],
        maps: ids.maps,
        choices: { kept },
        embed(lookup: Lookup) {
          const { hot, cold } = ids.part(lookup);
          const keptRows = { fields: withKept, rows: hot.plus(offsets) };
          const sharedRows = {
            fields: withRest,
            rows: cold
              .hash(seeds)
              .mod(oov)
              .plus(offsets.map((first, f) => first + kept[f])),
          };
          const groups = [keptRows, sharedRows].filter(({ fields }) => fields.length > 0);
          return joinFields(
            groups.map(({ fields, rows }) => ({ fields, vectors: lookup.rows(table, rows.pick(fields)) })),
            fields.length,
            dim,
          );
        },
      };
    };
    const all = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
    const rows = largestWithin(all, (rows) => sizeOf(planAt(rows)).servingBytes <= budget);
    return withinBudget(planAt(rows), budget, `${oov} rows per field`);
  },
};
