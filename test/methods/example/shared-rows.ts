import { z } from 'zod';
import type { Method } from '../../../harness/contract/method.ts';
import { withinBudget } from '../../../harness/contract/size.ts';
import { rowShares } from '../../../methods/shared/budget/shares.ts';
import { firstRows, idInit } from '../../../methods/shared/rows/table-parts.ts';

const options = z.strictObject({
  idsPerRow: z.int().min(1).default(1).describe('smallest number of ids per row'),
});

export const sharedRows: Method<z.infer<typeof options>> = {
  name: 'shared-rows',
  aliases: [],
  title: 'Shared rows',
  idea: 'ids of a field with the same remainder share a row',
  formula: 'E(i) = T[i mod m], m rows for n ids',
  paper: {
    cite: 'Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009',
    url: 'https://arxiv.org/abs/0902.2206',
  },
  departures: [
    {
      what: 'the remainder of the id takes the place of a hash',
      why: 'ids are numbers already, and a remainder takes no seed',
    },
  ],
  family: 'hashing and sharing',
  cost: 'step',
  options,
  plan({ fields, dim, budget }, { idsPerRow }) {
    // Rows of each field, in proportion to its ids; all rows together fit the budget.
    const most = fields.map(({ cardinality }) => Math.ceil(cardinality / idsPerRow));
    const rows = rowShares(most, Math.floor(budget / (4 * dim)));
    // One table for all fields, one part after the other. idInit starts vectors at the scale of a full table's.
    const table = {
      width: dim,
      parts: fields.map(({ cardinality }, f) => ({ rows: rows[f], init: idInit(cardinality) })),
    };
    const offsets = firstRows(table.parts);
    return withinBudget(
      {
        tables: [table],
        choices: { rows },
        // [batch, fields] ids -> row numbers -> [batch, fields, dim]
        embed: (lookup) => lookup.rows(table, lookup.ids.mod(rows).plus(offsets)),
      },
      budget,
      'one row per field',
    );
  },
};
