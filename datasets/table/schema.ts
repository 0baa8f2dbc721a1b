/** A table's schema: the columns of a log and their roles. A JSON file, written by `sniff` or by hand; flags are its short form. */
import { z } from 'zod';
import { denseTransforms, poolings } from '../raw-rows.ts';

/** A name, a pattern with `*`, or the number of a column from 1 on. */
const column = z.string().min(1, 'Expected the name of a column');
const cells = z.array(z.string()).describe('cells that stand for a missing value');

/**
 * Forms of categorical cells. `text`: a token is the bytes of the cell. `hex`: up to 8 hexadecimal digits, and `integer`: a whole number of
 * 32 bits; `index`: `12:1`, as libsvm writes a category. These three are stored in a third of the bytes.
 */
export const tokenForms = ['text', 'hex', 'integer', 'index'] as const;
export type TokenForm = (typeof tokenForms)[number];

/** Forms of numeric cells: 32-bit floats, or exact integers of 32 bits. */
export const numberForms = ['number', 'integer'] as const;
export type NumberForm = (typeof numberForms)[number];

/** Forms of times: a number in any unit; a date as ISO 8601 has it; digits that begin with the year. */
export const timeForms = ['number', 'date', 'YYMMDDHH', 'YYYYMMDD'] as const;
export type TimeForm = (typeof timeForms)[number];

/** Values taken from a time: the hour of the day, the day of the week (0: Sunday), 1 on Saturdays and Sundays. */
export const derivedValues = ['hour', 'weekday', 'weekend'] as const;
export type DerivedValue = (typeof derivedValues)[number];

const numeric = z.strictObject({
  column,
  form: z.enum(numberForms).default('number'),
  transform: z.enum(denseTransforms).optional(),
  missing: cells.optional(),
});
const categorical = z.strictObject({
  column,
  form: z.enum(tokenForms).default('text'),
  missing: cells.optional(),
});
const multi = z.strictObject({
  column,
  separator: z.string().length(1, 'Expected one character'),
  pool: z.enum(poolings).default('sum'),
  missing: cells.optional(),
});

/** The words of `separator` that are no characters. */
export const separatorNames: Readonly<Record<string, string>> = {
  tab: '\t',
  comma: ',',
  semicolon: ';',
  pipe: '|',
  space: ' ',
};
const separator = z
  .string()
  .transform((text) => separatorNames[text] ?? text)
  .refine((text) => text === '::' || (text.length === 1 && text > '\x01' && text <= '~'), {
    message: 'Expected one ASCII character, ::, or tab, comma, semicolon, pipe, space',
  });

const files = z.union([z.string(), z.array(z.string()).min(1)]);

/** The outer form of a file. */
const form = {
  /** Absent: the one whose count is the same on the first lines. */
  separator: separator.optional(),
  /** Absent: the first line is a header if it has the name of the label. */
  header: z.boolean().optional(),
  /** The character around cells that contain separators or line ends; empty for none. */
  quote: z.enum(['"', "'", '']).optional(),
  /** Names of the columns of files without a header. */
  names: z.array(z.string().min(1)).min(1).optional(),
};

/** Features of a file. */
const features = {
  missing: cells.default(['']),
  numeric: z.array(z.union([column, numeric])).default([]),
  categorical: z.array(z.union([column, categorical])).default([]),
  multi: z.array(multi, 'Expected a list of objects with column and separator').default([]),
  drop: z.array(column).default([]),
};

/** A second file with features of the users, items, ... that the log names. */
const side = z.strictObject({
  file: z.string().min(1).describe('beside the schema, if its path is relative'),
  column: column.describe('column of the log that names a row of the file'),
  key: column.optional().describe('column of the file with the same values; of the same name if absent'),
  ...form,
  ...features,
});

export const tableSchema = z.strictObject({
  ...form,
  ...features,
  /** `click`, or with a rule: `rating>=4`. Absent if rows are counts. */
  label: z.string().min(1).optional(),
  /** Columns that say how often a line was shown, and how often clicked; they stand in place of a label. */
  counts: z.strictObject({ clicks: column, impressions: column }).optional(),
  derived: z
    .array(z.strictObject({ name: z.string().min(1), take: z.enum(derivedValues) }))
    .default([])
    .describe('categorical fields taken from the time'),
  time: z.union([column, z.strictObject({ column, form: z.enum(timeForms).default('number') })]).optional(),
  weight: column.optional(),
  /** A column that says train, validation or test. */
  part: column.optional(),
  side: z.array(side).default([]),
  files: z
    .strictObject({ train: files, validation: files.optional(), test: files.optional() })
    .optional()
    .describe('files of the parts of a log that comes split'),
});
/** A schema with its defaults. */
export type TableSchema = z.infer<typeof tableSchema>;
/** The features of a file, of the log or of a side table. */
export type FeatureSchema = Pick<TableSchema, keyof typeof features>;
export type SideSchema = TableSchema['side'][number];
/** A schema as it is written. */
export type WrittenSchema = z.input<typeof tableSchema>;
