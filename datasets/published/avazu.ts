import { avazuSchema } from './avazu-schema.ts';
import { preset } from './preset.ts';

const rows = 40_428_967;
const lastDay = 4_218_938;

/** Avazu's training log as Kaggle publishes it, sorted by hour. Its tenth day validates and tests. */
export const avazu = preset({
  name: 'avazu',
  title: 'Avazu click-through rate (Kaggle): 10 days, 24 fields, no numbers (CSV)',
  schema: avazuSchema,
  files: { train: 'train.csv' },
  protocol: 'temporal',
  shares: { train: (rows - lastDay) / rows, validation: lastDay / 2 / rows, test: lastDay / 2 / rows },
  published: [
    {
      parts: { train: { rows, clickRate: '16.98' } },
      ids: 9_449_445,
      source: 'rows, hours and ids of the code of CAFE and Hetu',
    },
  ],
});
