import { preset } from './preset.ts';

/** Avazu's log as the AFN paper prepared it: 22 numbered fields. Its parts follow each other in time, 7:1:2. */
export const avazuX1 = preset({
  name: 'avazu-x1',
  title: 'Avazu as AFN prepared it, divided 7:1:2 in time (CSV)',
  schema: {
    separator: ',',
    header: true,
    label: 'label',
    categorical: [{ column: 'feat_*', form: 'integer' }],
  },
  files: { train: 'train.csv', validation: 'valid.csv', test: 'test.csv' },
  protocol: 'given',
  published: [
    {
      parts: {
        train: { rows: 28_300_276, clickRate: '17.50' },
        validation: { rows: 4_042_897, clickRate: '16.79' },
        test: { rows: 8_085_794, clickRate: '15.25' },
      },
      source: 'rows and clicks of the logs of BARS',
    },
  ],
});
