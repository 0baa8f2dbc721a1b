import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import type { Indices } from '../harness/contract/indices.ts';
import { idsOfUncompressed } from '../harness/contract/keys.ts';
import type { Infeasible, Layer, Method, Table, TablePart, Lookup } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
import { joinRows } from '../harness/ops/join-rows.ts';
import { besideUncompressedFields, type PartPlan } from './shared/rows/beside-uncompressed-fields.ts';
import {
  minRows,
  hashedParts,
  hashedSigns,
  hashSeeds,
  perColumn,
  sharing,
} from './shared/rows/hashed-rows.ts';
import { largestWithin } from './shared/budget/bisection.ts';
import { hotIds, sortedByCount } from './shared/frequency/hot-ids.ts';
import { hottest } from './shared/frequency/hottest.ts';
import { mapBytes } from './shared/id-sets/id-set.ts';
import { countIds, firstRows, idInit } from './shared/rows/table-parts.ts';
import { fieldsWhere, keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  block: z
    .int()
    .min(1)
    .default(32)
    .describe('Z: consecutive coordinates read side by side; at most a vector'),
  signs: z.boolean().default(false).describe('each block with a hashed sign'),
  circular: z
    .boolean()
    .default(false)
    .describe(
      'if true, blocks that reach the end of the memory continue at its start, as in the paper, whose code keeps them inside',
    ),
  shared: sharing('all'),
  hot: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'share of the bytes for rows of their own of the most frequent ids, which then leave the memory to the others; if not given, none',
    ),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const robe: Method<Options> = {
  name: 'robe',
  aliases: ['robe-z'],
  title: 'ROBE-Z',
  idea: 'blocks of a vector are read anywhere in one memory of floats, where a hash says',
  formula: 'E(i)ⱼ = M[h(i, ⌊j / Z⌋) + j mod Z]',
  paper: {
    cite: 'Desai et al., Random Offset Block Embedding for Compressed Embedding Tables in Deep Learning Recommendation Systems, MLSys 2022',
    url: 'https://arxiv.org/abs/2108.02191',
  },
  departures: [
    {
      what: 'blocks do not continue at the start of the memory',
      why: "the authors' code keeps them inside as well; circular=true is the paper's form; its effect on AUC is +0.0033 ± 0.0045 at 16x, +0.0001 ± 0.0028 at 64x on planted clicks; +0.0005 ± 0.0043 at 16x, +0.0015 ± 0.0052 at 64x on the Criteo sample",
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'the paper hashes everything, which is keep=0; its effect on AUC is +0.0030 ± 0.0173 at 16x, +0.0017 ± 0.0006 at 64x on planted clicks; −0.0003 ± 0.0038 at 16x, −0.0024 ± 0.0073 at 64x on the Criteo sample',
    },
    {
      what: 'a block is no longer than a vector',
      why: "the authors' code has such blocks; a longer one would put ids beside each other that have nothing in common",
    },
  ],
  family: 'hashing and sharing',
  cost: 'step',
  options,
  plan: (layer, options) =>
    besideUncompressedFields(layer, options.keep, (others) => compress(others, options)),
};

function compress(layer: Layer, options: Options): PartPlan | Infeasible {
  const { hot } = options;
  return hot === undefined ? oneMemory(layer, options) : besideHotRows(layer, options, hot);
}

/** Rows for the most frequent ids of all fields, and a memory of what they leave for the others. */
function besideHotRows(layer: Layer, options: Options, share: number): PartPlan | Infeasible {
  const { fields, dim, budget } = layer;
  const least = minRows({ fields, shared: options.shared });
  if (4 * dim * least > budget)
    return infeasible(4 * dim * least, budget, 'a memory of one vector per field');
  const [take, sorted] = [hottest(fields), sortedByCount(fields)];
  const at = (rows: number) => {
    const hot = take(rows);
    const ids = hotIds(fields, hot, sorted);
    return { hot, ids, bytes: 4 * dim * rows + mapBytes(ids.maps) };
  };
  const most = Math.min(share * budget, budget - 4 * dim * least);
  const { hot, ids, bytes } = at(
    largestWithin(Math.min(countIds(fields), Math.floor(most / (4 * dim))), (rows) => at(rows).bytes <= most),
  );
  const members = fieldsWhere(hot, (rows) => rows > 0);
  if (members.length === 0) return oneMemory(layer, options);
  const memory = oneMemory({ ...layer, budget: budget - bytes }, options);
  if ('smallestBytes' in memory) return memory;
  const { group, ...rest } = memory;
  const table: Table = {
    width: dim,
    parts: members.map((f) => ({ rows: hot[f], init: idInit(fields[f].cardinality) })),
  };
  const offsets = firstRows(table.parts);
  const cold = fields.map((_, f) => f + fields.length);
  return {
    ...rest,
    tables: [table, ...rest.tables],
    maps: ids.maps,
    choices: { hot, ...rest.choices },
    toldApart: { byField: hot },
    embed(lookup) {
      const parted = ids.columns(lookup);
      const own = { table, indices: parted.pick(members).plus(offsets), fields: members };
      // An id with a row is none among the others, and reads zeros in the memory.
      const others = { ...lookup, ids: parted.pick(cold) };
      const beside = group ? group(others) : { vectors: rest.embed(others), fields: [...fields.keys()] };
      return joinRows(lookup, [own, beside], fields.length, dim);
    },
  };
}

function oneMemory(layer: Layer, options: Options): PartPlan | Infeasible {
  const { fields, dim, budget, seed } = layer;
  const { signs, circular, shared } = options;
  const shape = { fields, shared };
  const vectors = Math.floor(budget / (4 * dim));
  const min = minRows(shape);
  if (min > vectors) return infeasible(4 * dim * min, budget, 'a memory of one vector per field');

  const block = Math.min(options.block, dim);
  const blocks = Math.ceil(dim / block);
  // A memory for all fields uses up the budget; a memory per field holds a whole number of vectors.
  const sizes =
    shared === 'all' ? [Math.floor(budget / 4)] : hashedParts(shape, vectors).map(({ rows }) => rows * dim);
  const parts = hashedParts(shape, vectors).map(({ init }, p) => ({ rows: sizes[p], init }));
  const memory: Table = circular ? { width: 1, parts } : spans(parts, block);

  const columns = { fields: fields.length, lookups: blocks, seed: hashSeeds(seed, 'robe') };
  // A row of a table cannot wrap around the memory's end: with `circular`, each coordinate is a lookup of its own.
  const lookups = circular ? blocks * block : blocks;
  const each = { fields: fields.length, lookups };
  const fieldOf = perColumn(each, (f) => f);
  const seeds = perColumn(each, (f, k) => columns.seed(f, circular ? Math.floor(k / block) : k));
  const within = perColumn(each, (_, k) => (circular ? k % block : 0));
  const partOf = (f: number) => (shared === 'all' ? 0 : f);
  const ends = perColumn(each, (f) => sizes[partOf(f)]);
  const starts = ends.map((end) => (circular ? end : end - block + 1));
  const first = perColumn(each, (f) => firstRows(parts)[partOf(f)]);
  const find = (ids: Indices) => {
    const start = ids.pick(fieldOf).hash(seeds).mod(starts);
    return (circular ? start.plus(within).mod(ends) : start).plus(first);
  };
  const signsOf = hashedSigns({ ...columns, seed: hashSeeds(seed, 'robe', 'signs') });
  const members = [...fields.keys()];
  const group = ({ ids }: Lookup) => ({
    table: memory,
    indices: find(ids),
    pieces: circular ? blocks * block : blocks,
    fields: members,
  });
  return {
    tables: [memory],
    ...(!signs && { group }),
    choices: { floats: sizes, block },
    toldApart: idsOfUncompressed(fields, () => false),
    embed(lookup) {
      if (!signs) return joinRows(lookup, [group(lookup)], fields.length, dim);
      const { ids, rows } = lookup;
      const found = tf.reshape(rows(memory, find(ids)), [ids.batch, fields.length * blocks, block]);
      const signed = tf.mul(found, tf.expandDims(signsOf(ids), 2));
      const joined = tf.reshape<tf.Rank.R3>(signed, [ids.batch, fields.length, blocks * block]);
      // The end of the last block is unused if blocks do not divide the width.
      return blocks * block === dim ? joined : tf.slice(joined, [0, 0, 0], [-1, -1, dim]);
    },
  };
}

/** All stretches of `block` floats of a memory in parts. */
function spans(parts: readonly TablePart[], block: number): Table {
  const last = parts.length - 1;
  return {
    width: block,
    stride: 1,
    parts: parts.map(({ rows, init }, p) => ({ rows: p === last ? rows - block + 1 : rows, init })),
  };
}
