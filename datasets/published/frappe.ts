import { preset } from './preset.ts';

const fields = [
  'user',
  'item',
  'daytime',
  'weekday',
  'isweekend',
  'homework',
  'cost',
  'weather',
  'country',
  'city',
];

/** Use of mobile apps, as the NFM paper published it: libfm text, a label of -1 or 1, then one `index:1` for each field in a fixed order. */
export const frappe = preset({
  name: 'frappe',
  title: 'Frappe: use of apps in context, 10 fields, divided 7:2:1 (libfm text)',
  schema: {
    separator: ' ',
    header: false,
    quote: '',
    names: ['label', ...fields],
    label: 'label',
    categorical: fields.map((column) => ({ column, form: 'index' as const })),
  },
  files: {
    train: 'frappe.train.libfm',
    validation: 'frappe.validation.libfm',
    test: 'frappe.test.libfm',
  },
  protocol: 'given',
  published: [
    {
      parts: {
        train: { rows: 202_027 },
        validation: { rows: 57_722, md5: '4b8d8e462c470ff16a580bcaa9598613' },
        test: { rows: 28_860, md5: '56ef29ef57467174fdff4ba1a117daeb' },
      },
      ids: 5382,
      source: 'rows of the logs of BARS, md5s of the files of NFM',
    },
  ],
});
