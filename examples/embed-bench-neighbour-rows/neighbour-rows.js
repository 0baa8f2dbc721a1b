import { firstRows, idInit, rowShares, withinBudget, z } from 'embed-bench/method';

/**
 * A plug-in as a package, in JavaScript: `npx embed-bench bench --method neighbour-rows --plugin embed-bench-neighbour-rows`. Ids are
 * numbered by frequency, and neighbours share a row: frequent ids with frequent ones, rare ids with rare ones.
 */

const options = z.strictObject({});

/** @type {import('embed-bench/method').Method<{}>} */
export const neighbourRows = {
  name: 'neighbour-rows',
  aliases: [],
  title: 'Rows of neighbours',
  idea: 'ids that are neighbours in the order of frequency share a row',
  formula: 'E(i) = T[floor(i / k)], k ids to a row',
  paper: { cite: 'none: an example of a plug-in', url: 'https://arxiv.org/abs/0902.2206' },
  departures: [],
  family: 'hashing and sharing',
  cost: 'step',
  options,
  plan({ fields, dim, budget }) {
    const ids = fields.map(({ cardinality }) => cardinality);
    const shares = rowShares(ids, Math.floor(budget / (4 * dim)));
    const idsPerRow = ids.map((count, f) => Math.ceil(count / shares[f]));
    // No row without an id: the last one may have fewer.
    const rows = ids.map((count, f) => Math.ceil(count / idsPerRow[f]));
    const table = { width: dim, parts: ids.map((count, f) => ({ rows: rows[f], init: idInit(count) })) };
    const offsets = firstRows(table.parts);
    return withinBudget(
      {
        tables: [table],
        choices: { rows, idsPerRow },
        embed: (lookup) => lookup.rows(table, lookup.ids.div(idsPerRow).plus(offsets)),
      },
      budget,
      'one row per field',
    );
  },
};

export const methods = [neighbourRows];
