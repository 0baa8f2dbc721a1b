import { z } from 'zod';

/** A text; column numbers come as numbers from `--set table.label=2`. */
const text = () => z.coerce.string().optional();

/** The options of the data set; all but the files are the short form of a schema. */
export const tableOptions = z.strictObject({
  data: text().describe('raw log, plain, .gz or .zst; a table: files and folders, separated by commas'),
  schema: text().describe('JSON file with the columns and their roles, as npm run data -- sniff writes it'),
  label: text().describe(
    'column of the label, with a rule if it is not 0 and 1: click, "rating>=4", event=buy',
  ),
  categorical: text().describe(
    'categorical columns: names, numbers or patterns (C*), :hex or :integer behind those of such cells',
  ),
  numeric: text().describe('numeric columns: names, numbers or patterns, :integer behind exact ones'),
  multi: text().describe('columns with several values and the character between them: "genres:|"'),
  time: text().describe('column of the time, for splits by time'),
  weight: text().describe("column of the rows' weights"),
  part: text().describe('column that says train, validation or test'),
  drop: text().describe('columns that patterns leave out'),
  separator: text().describe(
    'one character, ::, or tab, comma, semicolon, pipe, space; recognised if absent',
  ),
  header: z
    .boolean()
    .optional()
    .describe('the first line has the names of the columns; recognised if absent'),
  quote: z.enum(['"', "'", 'none']).optional().describe('character around cells, or none'),
  missing: text().describe('cells that stand for a missing value, beside the empty one: NULL,NA'),
  validationData: text().describe('files of the validation part, if the log comes split'),
  testData: text().describe('files of the test part, if the log comes split'),
  maxBadLines: z.int().min(0).default(0).describe('malformed lines to leave out before giving up'),
});
export type TableOptions = z.infer<typeof tableOptions>;

/** Their flags. Criteo's file and bad lines have the same ones. */
export const tableFlags: Readonly<Record<keyof TableOptions, string>> = {
  data: '--data <file>',
  schema: '--schema <file>',
  label: '--label <rule>',
  categorical: '--categorical <columns>',
  numeric: '--numeric <columns>',
  multi: '--multi <columns>',
  time: '--time <column>',
  weight: '--weight <column>',
  part: '--part <column>',
  drop: '--drop <columns>',
  separator: '--separator <character>',
  header: '--[no-]header',
  quote: '--quote <character>',
  missing: '--missing <cells>',
  validationData: '--validation-data <file>',
  testData: '--test-data <file>',
  maxBadLines: '--max-bad-lines <n>',
};
