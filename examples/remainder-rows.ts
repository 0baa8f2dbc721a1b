import {
  firstRows,
  idInit,
  type Method,
  type MethodTraits,
  rowShares,
  withinBudget,
  z,
} from 'embed-bench/method';

/**
 * A plug-in of one file: `npx embed-bench bench --method remainder-rows --plugin ./remainder-rows.ts`. Ids of a field with the same
 * remainder share a row.
 */

const options = z.strictObject({
  idsPerRow: z.int().min(1).default(1).describe('smallest number of ids per row'),
});

const remainderRows: Method<z.infer<typeof options>> = {
  name: 'remainder-rows',
  aliases: ['rr'],
  title: 'Rows by remainder',
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

export const methods = [remainderRows];

/** Options beside the defaults that `embed-bench check ./remainder-rows.ts --all-options` tries. */
export const traits: Record<string, MethodTraits> = {
  'remainder-rows': { options: [{ idsPerRow: 2 }], neverFull: 'idsPerRow may ask for fewer rows than ids' },
};
