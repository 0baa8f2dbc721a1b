import { UserError } from '../../../base/user-error.ts';
import { textFile } from '../../text/text-file.ts';
import { columnFinder } from '../find-columns.ts';
import { parseLabel } from '../label-rule.ts';
import { listFiles } from '../list-files.ts';
import { openReader } from '../open-reader.ts';
import type { TableReader } from '../reader.ts';
import { separatorNames, type WrittenSchema } from '../schema.ts';
import type { Dialect } from '../text/dialect.ts';
import { type ColumnProfile, columnProfiler } from './profile.ts';
import { propose, type Proposal, proposeLabel } from './propose.ts';

export interface Sniffed {
  readonly path: string;
  readonly format: string;
  /** Rows of the sample, and of the file if it states them. */
  readonly sampled: number;
  /** Records at the beginning with another number of columns than the first one, which were left out, and the number of the first of them. */
  readonly malformed: { readonly records: number; readonly first?: number };
  readonly rows?: number;
  readonly columns: readonly { readonly profile: ColumnProfile; readonly proposal: Proposal }[];
  /** Absent if no column looks like a label and none is named. */
  readonly schema?: WrittenSchema;
}

/** Facts of the file that the user states. */
export interface Known {
  readonly label?: string;
  readonly separator?: string;
  readonly header?: boolean;
  readonly quote?: string;
}

/** Reads rows from the beginning of a log and from places further on, and proposes a schema. Throws a UserError. */
export async function sniff(places: string, known: Known): Promise<Sniffed> {
  const [{ path }] = listFiles(places, { onEmpty: () => {} });
  const separator =
    known.separator === undefined ? undefined : (separatorNames[known.separator] ?? known.separator);
  const quote =
    known.quote === undefined ? undefined : known.quote === 'none' ? '' : (known.quote as '"' | "'");
  const reader = openReader(textFile(path), { separator, quote, header: known.header, label: known.label });
  const find = columnFinder(reader.columns, path);
  for (const name of reader.columns) find.one(name, 'the log'); // a proposal names every column
  const profilers = reader.columns.map(columnProfiler);
  let sampled = 0;
  let malformed: Sniffed['malformed'] = { records: 0 };
  const onMalformed = (row: number) =>
    (malformed = { records: malformed.records + 1, first: malformed.first ?? row });
  for await (const { row, cells } of reader.sample(onMalformed)) {
    sampled++;
    for (let i = 0; i < profilers.length; i++) profilers[i].add(cells[i], row);
  }
  if (sampled === 0) throw new UserError(`${path}: no row to read: give a file with rows`);
  const profiles = profilers.map(({ profile }) => profile());
  const label =
    known.label === undefined
      ? proposeLabel(profiles)
      : {
          role: 'label' as const,
          name: find.one(parseLabel(known.label).column, 'the label').name,
          label: known.label,
          reason: 'named with --label',
        };
  let timeTaken = false;
  const columns = profiles.map((profile, i) => {
    const proposal = profile.name === label?.name ? label : propose(profile, reader.stored?.[i], timeTaken);
    timeTaken ||= proposal.role === 'time';
    return { profile, proposal };
  });
  return {
    path,
    format: reader.format,
    sampled,
    malformed,
    ...(reader.rows !== undefined && { rows: reader.rows }),
    columns,
    ...(label && { schema: schemaOf(reader, columns, label.label!) }),
  };
}

function schemaOf(reader: TableReader, columns: Sniffed['columns'], label: string): WrittenSchema {
  const of = (role: Proposal['role']) => columns.filter(({ proposal }) => proposal.role === role);
  const [time] = of('time');
  const [weight] = of('weight');
  const [part] = of('part');
  const { dialect } = reader as { dialect?: Dialect };
  const usual = dialect?.separator === '::' ? '' : '"';
  const multi = of('multi');
  return {
    ...(dialect && { separator: dialect.separator, header: dialect.header }),
    ...(dialect && dialect.quote !== usual && { quote: dialect.quote as '"' | "'" | '' }),
    label,
    ...(time && { time: { column: time.profile.name, form: time.proposal.timeForm } }),
    ...(weight && { weight: weight.profile.name }),
    ...(part && { part: part.profile.name }),
    numeric: of('numeric').map(({ profile, proposal }) =>
      proposal.missing === undefined
        ? profile.name
        : { column: profile.name, missing: [...proposal.missing] },
    ),
    categorical: of('categorical').map(({ profile, proposal }) =>
      proposal.form === undefined ? profile.name : { column: profile.name, form: proposal.form },
    ),
    ...(multi.length > 0 && {
      multi: multi.map(({ profile, proposal }) => ({ column: profile.name, separator: proposal.separator! })),
    }),
    drop: of('drop').map(({ profile }) => profile.name),
  };
}
