import { preset } from './preset.ts';

/** Kaggle's Amazon Employee Access Challenge: which requests were approved. The order of its rows is no time. */
export const amazonAccess = preset({
  name: 'amazon-access',
  title: 'Amazon Employee Access Challenge (Kaggle): 9 fields (CSV)',
  schema: {
    separator: ',',
    header: true,
    label: 'ACTION',
    categorical: ['RESOURCE', 'MGR_ID', 'ROLE_*'].map((column) => ({ column, form: 'integer' as const })),
  },
  files: { train: 'train.csv' },
  protocol: 'random',
  published: [
    {
      parts: { train: { rows: 32_769, md5: 'cea99877291b3ec40b55dac15f5b3e3b' } },
      source: 'rows and md5 of the file that Kaggle publishes',
    },
  ],
});
