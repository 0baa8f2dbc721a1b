import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import { idsOfUncompressed } from '../harness/contract/keys.ts';
import type { Infeasible, Layer, Method, Table, Lookup } from '../harness/contract/method.ts';
import { infeasible } from '../harness/contract/size.ts';
import { joinRows } from '../harness/ops/join-rows.ts';
import { besideUncompressedFields, type PartPlan } from './shared/rows/beside-uncompressed-fields.ts';
import { evenWidths } from './shared/budget/shares.ts';
import {
  minRows,
  hashedParts,
  hashedRows,
  type HashedShape,
  hashSeeds,
  sharing,
} from './shared/rows/hashed-rows.ts';
import { keepOption } from './shared/rows/keep-option.ts';

const options = z.strictObject({
  chunks: z.int().min(1).max(64).default(4).describe('chunks of a vector, at most its width'),
  shared: sharing('field'),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const concatenatedHashing: Method<Options> = {
  name: 'concatenated-hashing',
  aliases: ['ce', 'hash-concat'],
  title: 'Concatenated hashing',
  idea: 'a vector is a few chunks end to end, each hashed to a table of its own',
  formula: 'E(i) = [T₁[h₁(i)], …, Tₖ[hₖ(i)]], each d / k wide',
  paper: {
    cite: 'Tsang and Ahle, Clustering the Sketch: Dynamic Compression for Embedding Tables, NeurIPS 2023 (CE, section 2)',
    url: 'https://arxiv.org/abs/2210.05974',
  },
  departures: [
    {
      what: 'tables start uniform on ±1/√n of a field',
      why: "it is the scale of a full table, the same for all methods, where the authors' code starts at 1/√d",
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'it is the rule of all methods here that share rows; not measured',
    },
  ],
  family: 'hashing and sharing',
  cost: 'step',
  options,
  plan: (layer, options) =>
    besideUncompressedFields(layer, options.keep, (others) => compress(others, options)),
};

function compress({ fields, dim, budget, seed }: Layer, { chunks, shared }: Options): PartPlan | Infeasible {
  const rowBudget = Math.floor(budget / (4 * dim));
  const min = minRows({ fields, shared });
  if (min > rowBudget) return infeasible(4 * dim * min, budget, 'one row of chunks per field');

  // Chunks of equal width share a table and a lookup; where they do not divide the width, there are two of each.
  const widths = evenWidths(dim, chunks);
  let before = 0;
  const groups = [...new Set(widths)].map((width) => {
    const pieces = widths.filter((other) => other === width).length;
    const shape: HashedShape = { fields, shared, pieces };
    const table: Table = { width, parts: hashedParts(shape, pieces * rowBudget) };
    const hash = hashSeeds(seed, 'concatenated-hashing');
    const first = before;
    before += pieces;
    const columns = {
      fields: fields.length,
      lookups: pieces,
      seed: (f: number, t: number) => hash(f, first + t),
    };
    return { table, pieces, places: hashedRows(table, shape, columns), wide: pieces * width };
  });
  const members = [...fields.keys()];
  const [{ table, pieces, places }] = groups;
  const group = ({ ids }: Lookup) => ({ table, indices: places(ids), pieces, fields: members });
  return {
    ...(groups.length === 1 && { group }),
    tables: groups.map(({ table }) => table),
    choices: { rows: groups[0].table.parts.map(({ rows }) => rows), chunks: widths },
    toldApart: idsOfUncompressed(fields, () => false),
    embed(lookup) {
      if (groups.length === 1) return joinRows(lookup, [group(lookup)], fields.length, dim);
      const { ids, rows } = lookup;
      const vectors = groups.map(({ table, places, wide }) =>
        tf.reshape<tf.Rank.R3>(rows(table, places(ids)), [ids.batch, fields.length, wide]),
      );
      return tf.concat(vectors, 2);
    },
  };
}
