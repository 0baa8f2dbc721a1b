import { avazuSchema } from './avazu-schema.ts';
import { preset } from './preset.ts';

/** Avazu's log as FuxiCTR's benchmark BARS divides it: 8:1:1 at random. */
export const avazuX4 = preset({
  name: 'avazu-x4',
  title: "Avazu, divided 8:1:1 at random as FuxiCTR's benchmark has it (CSV)",
  schema: avazuSchema,
  files: { train: 'train.csv', validation: 'valid.csv', test: 'test.csv' },
  protocol: 'given',
  published: [
    {
      parts: {
        train: { rows: 32_343_172, clickRate: '16.98', md5: 'de3a27264cdabf66adf09df82328ccaa' },
        validation: { rows: 4_042_897, clickRate: '16.98', md5: '33232931d84d6452d3f956e936cab2c9' },
        test: { rows: 4_042_898, clickRate: '16.98', md5: '3ebb774a9ca74d05919b84a3d402986d' },
      },
      source: "md5s of the data set's README, rows and clicks of the logs of BARS",
    },
  ],
});
