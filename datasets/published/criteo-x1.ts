import { preset } from './preset.ts';

/** Criteo's Kaggle log as the AFN paper prepared it: numbers are scaled already, categories are numbers written as floats. */
export const criteoX1 = preset({
  name: 'criteo-x1',
  title: 'Criteo Kaggle as AFN prepared it, divided 72:18:10 at random (CSV)',
  schema: {
    separator: ',',
    header: true,
    label: 'label',
    numeric: [{ column: 'I*', transform: 'raw' }],
    categorical: [{ column: 'C*', form: 'integer' }], // 12.0 is 12
  },
  files: { train: 'train.csv', validation: 'valid.csv', test: 'test.csv' },
  protocol: 'given',
  published: [
    {
      parts: {
        train: { rows: 33_003_326, clicks: 8_456_369, md5: '30b89c1c7213013b92df52ec44f52dc5' },
        validation: { rows: 8_250_124, clicks: 2_114_300, md5: 'f73c71fb3c4f66b6ebdfa032646bea72' },
        test: { rows: 4_587_167, clicks: 1_174_769, md5: '2c48b26e84c04a69b948082edae46f8c' },
      },
      ids: 2_086_303,
      source: "md5s of the data set's README, rows and clicks of the logs of BARS",
    },
  ],
});
