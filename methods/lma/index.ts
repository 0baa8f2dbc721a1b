import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import { none } from '../../harness/contract/backend.ts';
import type { IndexFormula } from '../../harness/contract/index-formula.ts';
import { idMap } from '../../harness/contract/indices.ts';
import type { Infeasible, Layer, Lookup, Method, Plan, Table } from '../../harness/contract/method.ts';
import { deriveSeed, hash32 } from '../../base/hash.ts';
import { withinBudget } from '../../harness/contract/size.ts';
import { type HotIds, hotIds, sortedByCount } from '../shared/frequency/hot-ids.ts';
import { hottest } from '../shared/frequency/hottest.ts';
import { besideUncompressedFields } from '../shared/rows/beside-uncompressed-fields.ts';
import { meanCardinality } from '../shared/rows/hashed-rows.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { digitMasks, digits, minhashSignatures } from './minhash.ts';
import { idInit, offsetsOf } from '../shared/rows/table-parts.ts';
import { sum } from '../../base/sum.ts';
import { mapBytes } from '../shared/id-sets/id-set.ts';

const options = z.strictObject({
  signatures: z.number().min(0).max(1).default(0.5).describe('share of the bytes for signatures, at most'),
  minCount: z.int().min(1).default(2).describe('ids seen less often in training hash at random'),
  power: z
    .int()
    .min(1)
    .max(digits)
    .default(4)
    .describe('number of the 8 digits that agree if ids share a float'),
  sampleRows: z.int().min(1).default(125_000).describe('training rows that signatures are made from'),
  keep: z
    .int()
    .min(0)
    .optional()
    .describe(
      'largest number of ids at which a field keeps a row for each; if not given, none does, as in the paper',
    ),
});
type Options = z.infer<typeof options>;

export const lma: Method<Options> = {
  name: 'lma',
  aliases: ['scma', 'semantic-allocation'],
  title: 'LSH-based memory allocation',
  idea: 'ids that occur in the same rows of the log share floats of one memory, by their minhash signatures',
  formula: 'E(i)ⱼ = M[gⱼ(minhashes of the training rows with i)], M one memory of floats',
  paper: {
    cite: 'Desai et al., Semantically Constrained Memory Allocation (SCMA) for Embedding in Efficient Recommendation Systems, 2021',
    url: 'https://arxiv.org/abs/2103.06124',
  },
  departures: [
    {
      what: 'signatures are 8 digits of 4 bits, of which a coordinate reads 4',
      why: "the authors' code has 15 digits in 64 bits and reads 8; half the bits are left for floats; power=8 reads all of them; its effect on AUC is +0.0013 ± 0.0083 at 16x, +0.0028 ± 0.0057 at 64x on planted clicks; +0.0002 ± 0.0032 at 16x, +0.0005 ± 0.0038 at 64x on the Criteo sample",
    },
    {
      what: 'only the most frequent ids have signatures, and their bytes count',
      why: 'the authors do not count them: 8 bytes for every id would be an eighth of a full table of 16 floats',
    },
  ],
  family: 'hashing and sharing',
  cost: 'heavier step',
  options,
  plan: (layer, options) =>
    options.keep === undefined
      ? oneMemory(layer, options)
      : besideUncompressedFields(layer, options.keep, (others) => oneMemory(others, options)),
};

/**
 * A signature is 32 bits: 8 minhash digits of 4 bits of the training rows that an id occurs in, of which each coordinate
 * reads `power`. The authors' code has 15 digits in 64 bits for every id, and does not count them; here the most
 * frequent ids have signatures, as many as their share of the bytes pays for, and the others random ones for nothing.
 */
function oneMemory(layer: Layer, options: Options): Plan | Infeasible {
  const { fields, dim, budget, seed } = layer;
  const { hot, ids } = idsWithSignatures(layer, options);
  const entries = sum(hot);
  const offsets = offsetsOf(hot);
  const positionsOf = (batch: Uint32Array, hotOnes = ids) => {
    const positions = hotOnes.positionsOf(batch);
    for (let at = 0; at < positions.length;)
      for (let f = 0; f < fields.length; f++, at++) if (positions[at] !== none) positions[at] += offsets[f];
    return positions;
  };
  const signatures = idMap(entries, 32, () => {
    const sampled = layer.sample?.(options.sampleRows) ?? new Uint32Array(0);
    // A second list of ids: that of the plan answers from stored maps, which may be loaded after this is read.
    const positions = positionsOf(sampled, hotIds(fields, hot));
    return minhashSignatures(positions, fields.length, entries, deriveSeed(seed, 'lma'));
  });
  const maps = [...ids.maps, ...(entries > 0 ? [signatures] : [])];

  const floats = Math.floor((budget - mapBytes(maps)) / 4);
  const memory: Table = {
    width: 1,
    parts: [{ rows: Math.max(dim, floats), init: idInit(meanCardinality(fields)) }],
  };

  const salts = fields.map((_, f) => deriveSeed(seed, 'lma', 'unsigned', f));
  const wordsOf = (batch: Uint32Array) => {
    const words = positionsOf(batch);
    for (let at = 0; at < words.length;)
      for (let f = 0; f < fields.length; f++, at++)
        words[at] = words[at] === none ? hash32(batch[at], salts[f]) : signatures.values[words[at]];
    return words;
  };
  const wordsIn = (all: IndexFormula) => {
    const hashed = all.hash(salts);
    return entries === 0 ? hashed : ids.positions(all).plus(offsets).through(signatures).or(hashed);
  };
  const columns = fields.flatMap((_, f) => Array.from({ length: dim }, () => f));
  const masks = digitMasks(dim, options.power, seed);
  const seeds = Array.from({ length: dim }, (_, k) => deriveSeed(seed, 'lma', 'coordinate', k));
  const perField = (ofCoordinates: readonly number[]) => fields.flatMap(() => [...ofCoordinates]);
  const [everyMask, everySeed] = [perField(masks), perField(seeds)];
  const embed = ({ compute, rows }: Lookup): tf.Tensor3D => {
    const words = compute(wordsOf, fields.length, wordsIn).pick(columns); // [batch, fields * dim]
    const places = words.and(everyMask).hash(everySeed).mod(memory.parts[0].rows);
    return tf.reshape(rows(memory, places), [words.batch, fields.length, dim]);
  };
  return withinBudget(
    {
      tables: [memory],
      maps,
      choices: { floats: memory.parts[0].rows, signatures: hot },
      toldApart: { byField: hot },
      embed,
    },
    budget,
    'a float per coordinate',
  );
}

/** The most frequent ids, as many as signatures may be paid for, with what tells them from the others. */
function idsWithSignatures(
  { fields, dim, budget }: Layer,
  { signatures: share, minCount }: Options,
): { hot: number[]; ids: HotIds } {
  const take = hottest(fields);
  const sorted = sortedByCount(fields);
  const seen = sum(fields.map(({ counts }) => counts.filter((n) => n >= minCount).length));
  const at = (rows: number) => {
    const hot = take(rows);
    const ids = hotIds(fields, hot, sorted);
    const bytes = 4 * rows + mapBytes(ids.maps);
    return { fits: bytes <= share * budget && bytes + 4 * dim <= budget, hot, ids };
  };
  const max = Math.min(seen, Math.floor((share * budget) / 4));
  return at(largestWithin(max, (rows) => at(rows).fits));
}
