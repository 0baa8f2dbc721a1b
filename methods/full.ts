import { z } from 'zod';
import type { Method } from '../harness/contract/method.ts';
import { withinBudget } from '../harness/contract/size.ts';
import { firstRows, rowPerId } from './shared/rows/table-parts.ts';

export const full: Method = {
  name: 'full',
  aliases: [],
  title: 'Full table',
  idea: 'a row of its own for every id: the uncompressed baseline',
  formula: 'E(i) = T[i], T: n × d',
  paper: {
    cite: 'Naumov et al., Deep Learning Recommendation Model for Personalization and Recommendation Systems, 2019',
    url: 'https://arxiv.org/abs/1906.00091',
  },
  family: 'baseline',
  cost: 'step',
  options: z.strictObject({}),
  plan({ fields, dim, budget }) {
    const table = { width: dim, parts: fields.map(rowPerId) };
    const offsets = firstRows(table.parts);
    return withinBudget(
      {
        tables: [table],
        choices: {},
        embed: ({ ids, rows }) => rows(table, ids.plus(offsets)),
      },
      budget,
      'a row for every id',
    );
  },
};
