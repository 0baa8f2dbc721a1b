import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import type { Indices } from '../harness/contract/indices.ts';
import type { Layer, Lookup, Method, RowGroup, Table } from '../harness/contract/method.ts';
import { deriveSeed } from '../base/hash.ts';
import { withinBudget } from '../harness/contract/size.ts';
import type { FieldGroup } from '../harness/ops/join-fields.ts';
import { joinRows } from '../harness/ops/join-rows.ts';
import { type HotIds, hotIds, sortedByCount } from './shared/frequency/hot-ids.ts';
import { hottest } from './shared/frequency/hottest.ts';
import { largestWithin } from './shared/budget/bisection.ts';
import { rowShares } from './shared/budget/shares.ts';
import { firstRows, idInit } from './shared/rows/table-parts.ts';
import { sum } from '../base/sum.ts';
import { mapBytes } from './shared/id-sets/id-set.ts';
import { chooseUncompressed, keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  hot: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('share of the bytes for ids with rows of their own, the most frequent ones of all fields'),
  combine: z.enum(['sum', 'concat']).default('sum').describe('combination of the two hashed rows'),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const doubleHashing: Method<Options> = {
  name: 'double-hashing',
  aliases: ['dh', 'double-hash'],
  title: 'Frequency-based double hashing',
  idea: 'frequent ids have rows of their own, every other id is two hashed rows together',
  formula: 'E(i) = T[i] of hot ids, else A[h₁(i)] + A[h₂(i)]',
  paper: {
    cite: 'Zhang et al., Model Size Reduction Using Frequency Based Double Hashing for Recommender Systems, RecSys 2020',
    url: 'https://arxiv.org/abs/2007.14523',
  },
  departures: [
    {
      what: 'half of the bytes go to hot ids',
      why: 'a budget has to be shared out, where the paper sets a threshold of frequency; not measured',
    },
    {
      what: 'both hashes lead to one table, and their rows are added',
      why: 'one table of m rows makes twice as many pairs as two of m / 2; joined halves are combine=concat; its effect on AUC is +0.0021 ± 0.0132 at 16x, +0.0004 ± 0.0084 at 64x on planted clicks; +0.0016 ± 0.0024 at 16x, +0.0010 ± 0.0010 at 64x on the Criteo sample',
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'it is the rule of all methods here that share rows; not measured',
    },
  ],
  family: 'hashing and sharing',
  cost: 'step',
  options,
  plan(layer, { combine, ...options }) {
    const { fields, dim, budget, seed } = layer;
    const { hot, ids, buckets } = partIds(layer, options);
    const hotFields = [...fields.keys()].filter((f) => hot[f] > 0);
    const coldFields = [...fields.keys()].filter((f) => hot[f] < fields[f].cardinality);

    const hotRows: Table = {
      width: dim,
      parts: hotFields.map((f) => ({ rows: hot[f], init: idInit(fields[f].cardinality) })),
    };
    // Both hashes of a field lead to the same rows where they are added: m rows make m^2 / 2 pairs, two halves m^2 / 4.
    const widths = combine === 'sum' ? [dim] : [Math.ceil(dim / 2), Math.floor(dim / 2)];
    const halves = widths.map((width): Table => ({
      width,
      parts: coldFields.map((f, i) => {
        const { mean, halfWidth } = idInit(fields[f].cardinality);
        return { rows: buckets[i], init: { mean, halfWidth: halfWidth * Math.sqrt(widths.length / 2) } };
      }),
    }));
    const twice = <T>(perField: readonly T[]) => [...perField, ...perField];
    const hashes = [0, 1].flatMap((t) => coldFields.map((f) => deriveSeed(seed, 'double-hashing', f, t)));
    const coldColumns = twice(coldFields.map((f) => f + fields.length));
    const [bucketsOfBoth, firstOfBoth] = [twice(buckets), twice(firstRows(halves[0].parts))];
    const columnsOf = [0, 1].map((t) => coldFields.map((_, i) => i + t * coldFields.length));

    const embedCold = ({ rows }: Lookup, parted: Indices): FieldGroup | RowGroup => {
      const spread = parted // [batch, 2 cold fields]: the first hash of each, then the second
        .pick(coldColumns)
        .hash(hashes)
        .mod(bucketsOfBoth)
        .plus(firstOfBoth);
      if (combine === 'sum') return { table: halves[0], indices: spread, fields: twice(coldFields) };
      const half = (t: number) => spread.pick(columnsOf[t]);
      return {
        vectors: tf.concat(
          halves.map((table, t) => rows(table, half(t))),
          2,
        ),
        fields: coldFields,
      };
    };

    const embed = (lookup: Lookup) => {
      const parted = ids.columns(lookup);
      const own = parted.pick(hotFields).plus(firstRows(hotRows.parts));
      return joinRows(
        lookup,
        [
          ...(hotFields.length > 0 ? [{ table: hotRows, indices: own, fields: hotFields }] : []),
          ...(coldFields.length > 0 ? [embedCold(lookup, parted)] : []),
        ],
        fields.length,
        dim,
      );
    };

    return withinBudget(
      {
        tables: [hotRows, ...halves].filter(({ parts }) => parts.length > 0),
        maps: ids.maps,
        choices: { hot, buckets },
        toldApart: { byField: hot },
        embed,
      },
      budget,
      'one row per field',
    );
  },
};

interface Parted {
  /** Ids of each field that have a row to themselves. */
  readonly hot: readonly number[];
  readonly ids: HotIds;
  /** Rows that the other ids are hashed to, for each field that has such ids. */
  readonly buckets: readonly number[];
}

/** Takes as many hot ids as their share of the bytes pays for, including what tells them from the others. */
function partIds({ fields, dim, budget }: Layer, { hot: share, keep }: Omit<Options, 'combine'>): Parted {
  const rowBytes = 4 * dim;
  const uncompressed = chooseUncompressed(fields, keep, Math.floor(budget / rowBytes));
  const others = [...fields.keys()].filter((f) => !uncompressed[f]);
  const take = hottest(others.map((f) => fields[f]));
  const sorted = sortedByCount(fields);
  const left =
    budget - rowBytes * sum(fields.map(({ cardinality }, f) => (uncompressed[f] ? cardinality : 0)));
  const at = (rows: number) => {
    const taken = take(rows);
    const hot = fields.map(({ cardinality }, f) =>
      uncompressed[f] ? cardinality : taken[others.indexOf(f)],
    );
    const ids = hotIds(fields, hot, sorted);
    const spent = rowBytes * rows + mapBytes(ids.maps);
    const colds = fields.map(({ cardinality }, f) => cardinality - hot[f]).filter((n) => n > 0);
    const hashed = Math.floor((left - spent) / rowBytes);
    const fits = hashed >= colds.length && spent <= share * left;
    return { fits, parted: { hot, ids, buckets: rowShares(colds, hashed) } };
  };
  const max = Math.max(0, Math.floor((share * left) / rowBytes));
  return at(largestWithin(max, (rows) => at(rows).fits)).parted;
}
