import { preset } from './preset.ts';

/** Criteo's Kaggle log as FuxiCTR's benchmark BARS divides it: 8:1:1 at random, ten stratified folds, seed 2018. */
export const criteoX4 = preset({
  name: 'criteo-x4',
  title: "Criteo Kaggle, divided 8:1:1 at random as FuxiCTR's benchmark has it (CSV)",
  schema: {
    separator: ',',
    header: true,
    label: 'Label',
    numeric: [{ column: 'I*', form: 'integer' }],
    categorical: [{ column: 'C*', form: 'hex' }],
  },
  files: { train: 'train.csv', validation: 'valid.csv', test: 'test.csv' },
  protocol: 'given',
  published: [
    {
      parts: {
        train: { rows: 36_672_493, clicks: 9_396_350, md5: '4a53bb7cbc0e4ee25f9d6a73ed824b1a' },
        validation: { rows: 4_584_062, clicks: 1_174_544, md5: 'fba5428b22895016e790e2dec623cb56' },
        test: { rows: 4_584_062, clicks: 1_174_544, md5: 'cfc37da0d75c4d2d8778e76997df2976' },
      },
      source: "md5s of the data set's README, rows and clicks of the logs of BARS",
    },
  ],
});
