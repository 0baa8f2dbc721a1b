import * as tf from '../tensors/index.ts';
import { z } from 'zod';
import type { Method, Table } from '../harness/contract/method.ts';
import { idsOfUncompressed } from '../harness/contract/keys.ts';
import { deriveSeed } from '../base/hash.ts';
import { withinBudget } from '../harness/contract/size.ts';
import { meanCardinality } from './shared/rows/hashed-rows.ts';
import { idInit } from './shared/rows/table-parts.ts';

const options = z.strictObject({
  lookUps: z.int().min(1).max(8).default(2).describe('lookups per id; their rows are joined to one vector'),
  combine: z.enum(['concat', 'sum']).default('concat').describe('combination of the rows of an id'),
});

export const unifiedEmbedding: Method<z.infer<typeof options>> = {
  name: 'unified-embedding',
  aliases: ['unified', 'multiplexing'],
  title: 'Unified embedding',
  idea: 'one table for all fields: every field hashes its ids into it with its own hash functions',
  formula: 'E(f, i) = [T[h₁(f, i)], …, T[hₖ(f, i)]], one T for all fields f',
  paper: {
    cite: 'Coleman et al., Unified Embedding: Battle-Tested Feature Representations for Web-Scale ML Systems, NeurIPS 2023',
    url: 'https://arxiv.org/abs/2305.12102',
  },
  departures: [
    {
      what: 'every field has the same number of lookups',
      why: 'the model takes vectors of one width, where the paper gives some fields wider vectors from the same table',
    },
    {
      what: 'the table starts at the scale of a field of geometric mean size',
      why: 'fields of all sizes share it, and one scale has to serve them',
    },
  ],
  family: 'hashing and sharing',
  cost: 'step',
  options,
  /**
   * Feature multiplexing (section 4 of the paper). Fields share rows on purpose, small ones too: the layers above tell
   * them apart, because each field's vectors meet weights of their own there.
   */
  plan({ fields, dim, budget, seed }, { lookUps, combine }) {
    const pieces = Math.min(lookUps, combine === 'concat' ? dim : lookUps);
    const width = combine === 'concat' ? Math.ceil(dim / pieces) : dim;
    const rows = Math.max(1, Math.floor(budget / (4 * width)));
    const { mean, halfWidth } = idInit(meanCardinality(fields));
    const scale = combine === 'sum' ? 1 / Math.sqrt(pieces) : 1;
    const table: Table = { width, parts: [{ rows, init: { mean, halfWidth: halfWidth * scale } }] };
    const columns = fields.flatMap((_, f) => Array.from({ length: pieces }, () => f));
    const seeds = columns.map((f, i) => deriveSeed(seed, 'unified-embedding', f, i % pieces));
    return withinBudget(
      {
        tables: [table],
        choices: { rows, width },
        toldApart: idsOfUncompressed(fields, () => false),
        embed(lookup) {
          const places = lookup.ids.pick(columns).hash(seeds).mod(rows);
          const found = lookup.rows(table, places); // [batch, fields * pieces, width]
          const { batch } = lookup.ids;
          if (combine === 'sum')
            return tf.sum<tf.Tensor3D>(tf.reshape(found, [batch, fields.length, pieces, width]), 2);
          const joined = tf.reshape<tf.Rank.R3>(found, [batch, fields.length, pieces * width]);
          // The last piece is cut off if pieces do not divide the model's width.
          return pieces * width === dim ? joined : tf.slice(joined, [0, 0, 0], [-1, -1, dim]);
        },
      },
      budget,
      'one row',
    );
  },
};
