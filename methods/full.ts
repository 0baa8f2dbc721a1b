import { z } from 'zod';
import type { Method, Plan } from '../harness/contract/method.ts';
import { withinBudget } from '../harness/contract/size.ts';
import { fullTable } from './shared/rows/full-table.ts';
import { convertRows } from './shared/rows/convert-rows.ts';

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
  departures: [],
  family: 'baseline',
  cost: 'step',
  options: z.strictObject({}),
  plan(layer) {
    const { table, embed } = fullTable(layer, layer.dim);
    const converter = convertRows(layer.fields, table);
    const plan: Plan = { tables: [table], choices: {}, embed, converter };
    return withinBudget(plan, layer.budget, 'a row for every id');
  },
};
