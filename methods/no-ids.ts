import { z } from 'zod';
import * as tf from '../tensors/index.ts';
import type { Method } from '../harness/contract/method.ts';

export const noIds: Method = {
  name: 'no-ids',
  aliases: [],
  title: 'No ids',
  idea: 'every id has the zero vector, so that the model sees dense features alone: what ids are worth at all',
  formula: 'E(i) = 0',
  paper: {
    cite: 'Naumov et al., Deep Learning Recommendation Model for Personalization and Recommendation Systems, 2019 (its dense features alone)',
    url: 'https://arxiv.org/abs/1906.00091',
  },
  departures: [],
  family: 'baseline',
  cost: 'step',
  ignoresIds: true,
  options: z.strictObject({}),
  plan: ({ fields, dim }) => ({
    tables: [],
    choices: {},
    toldApart: { byField: fields.map(() => 0) },
    embed: (lookup) => tf.zeros([lookup.ids.batch, fields.length, dim]),
  }),
};
