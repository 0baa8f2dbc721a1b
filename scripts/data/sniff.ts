import fs from 'node:fs';
import { plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import { UserError } from '../../base/user-error.ts';
import { type Known, sniff, type Sniffed } from '../../datasets/table/sniff/sniff.ts';
import { writeWhole } from '../../files/whole-file.ts';
import { aligned } from '../terminal/aligned.ts';
import { print } from '../terminal/printed.ts';

/** The word that stands in the place of a data set: a log is looked at, not prepared. */
export const sniffWord = 'sniff';

export interface SniffRequest extends Known {
  readonly out?: string;
  readonly force?: boolean;
}

/** Prints what a log has and a schema for it, and writes the schema to `out`. */
export async function sniffLog(places: string, { out, force, ...known }: SniffRequest): Promise<void> {
  if (out !== undefined && force !== true && fs.existsSync(out))
    throw new UserError(`${out}: exists; choose another --out, or replace it with --force`);
  const found = await sniff(places, known);
  print(`${found.path}: ${found.format}, ${found.columns.length} columns`);
  const all = found.rows === undefined ? '' : ` of ${found.rows}`;
  print(`rows read: ${found.sampled}${all}, from the beginning and further on`);
  const { records, first } = found.malformed;
  if (records > 0)
    print(
      `left out: ${plural(records, 'row')} with another number of columns than ${found.columns.length}, the first is row ${first}: bench refuses such lines, or leaves them out with --max-bad-lines ${records}`,
    );
  print('');
  print(aligned([['column', 'role', 'distinct', 'missing', 'reason'], ...found.columns.map(line)], 2, 4));
  if (found.schema === undefined)
    throw new UserError(
      `${found.path}: no column looks like a label (two values, 0 and 1, or a usual name): say which: --label NAME, --label "NAME>=4" or --label NAME=yes`,
    );
  const text = `${JSON.stringify(found.schema, null, 2)}\n`;
  if (out === undefined) print(`\n${text}`);
  else {
    writeWhole(out, text, { otherwise: 'choose another --out' });
    print(`\nschema: ${out} (a proposal: read it, and edit it)`);
  }
  const [schemaFile, data] = [out ?? 'schema.json', places].map(shellWord);
  print(`npm run bench -- --method md --dataset table --schema ${schemaFile} --data ${data}`);
}

function line({ profile, proposal }: Sniffed['columns'][number]): string[] {
  const role = proposal.label !== undefined && proposal.label !== profile.name ? proposal.label : proposal.role;
  return [profile.name, role, String(profile.distinct), String(profile.missing), proposal.reason];
}
