import { z } from 'zod';
import type { Converter } from '../harness/contract/conversion.ts';
import type { Lookup, Method, Table } from '../harness/contract/method.ts';
import { deriveSeed } from '../base/hash.ts';
import { sizeOf, withinBudget } from '../harness/contract/size.ts';
import { joinRows } from '../harness/ops/join-rows.ts';
import { hotAndSharedRows } from './shared/frequency/hot-and-shared-rows.ts';
import { hotIds, sortedByCount } from './shared/frequency/hot-ids.ts';
import { hottest } from './shared/frequency/hottest.ts';
import { largestWithin } from './shared/budget/bisection.ts';
import { countIds, firstRows, idInit } from './shared/rows/table-parts.ts';
import { fieldsWhere } from './shared/rows/keep-option.ts';

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
  formula: 'E(i) = T[i] of the k most frequent ids, else T[rest]',
  paper: {
    cite: 'Zhu et al., Open Benchmarking for Click-Through Rate Prediction, CIKM 2021 (common practice: its minimum counts)',
    url: 'https://arxiv.org/abs/2009.05794',
  },
  departures: [
    {
      what: 'the number of kept ids follows from the budget, over all fields at once',
      why: 'common practice sets a minimum count, which a budget cannot be met by',
    },
  ],
  family: 'adaptive',
  cost: 'step',
  options,
  plan({ fields, dim, budget, seed }, { oov }) {
    const [top, sorted] = [hottest(fields), sortedByCount(fields)];
    const planAt = (rows: number) => {
      const taken = top(rows);
      // If the rest has no more ids than shared rows, each of them gets a row.
      const own = fields.map(({ cardinality: n }, f) => (n <= taken[f] + oov ? n : taken[f]));
      const ids = hotIds(fields, own, sorted);
      const withOwn = fieldsWhere(own, (rows) => rows > 0);
      const withRest = fieldsWhere(fields, ({ cardinality }, f) => cardinality > own[f]);
      const table: Table = {
        width: dim,
        parts: fields.map(({ cardinality }, f) => ({
          rows: own[f] + (own[f] < cardinality ? oov : 0),
          init: idInit(cardinality),
        })),
      };
      // Columns: every frequent id is in one of the first, every other id in one of the last.
      const columns = [...withOwn, ...withRest];
      const isOwn = columns.map((_, i) => i < withOwn.length);
      const seedOf = (f: number) => deriveSeed(seed, 'frequency-truncation', f);
      const seeds = columns.map(seedOf);
      const offsets = firstRows(table.parts);
      const picked = [...withOwn, ...withRest.map((f) => f + fields.length)];
      const counts = isOwn.map((keeps) => (keeps ? 2 ** 32 - 1 : oov));
      const first = columns.map((f, i) => offsets[f] + (isOwn[i] ? 0 : own[f]));
      const converter: Converter = {
        holds: 'pieces',
        convert: (rowsOf) => ({
          plan: { tables: [table], maps: ids.maps, choices: { kept: own } },
          ...hotAndSharedRows({ fields, table, hot: own, shared: oov, seedOf, sorted }, rowsOf),
        }),
      };
      return {
        tables: [table],
        maps: ids.maps,
        converter,
        choices: { kept: own },
        toldApart: { byField: own },
        embed(lookup: Lookup) {
          const positions = ids.columns(lookup).pick(picked);
          const spread = oov === 1 ? positions : positions.orElse(isOwn, positions.hash(seeds));
          const indices = spread.mod(counts).plus(first);
          return joinRows(lookup, [{ fields: columns, table, indices }], fields.length, dim);
        },
      };
    };
    const all = countIds(fields);
    const rows = largestWithin(all, (rows) => sizeOf(planAt(rows)).servingBytes <= budget);
    return withinBudget(planAt(rows), budget, `${oov} rows per field`);
  },
};
