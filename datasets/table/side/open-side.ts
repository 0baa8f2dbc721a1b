import { UserError } from '../../../base/user-error.ts';
import type { TextFile } from '../../text/text-file.ts';
import { columnFinder } from '../find-columns.ts';
import { openReader } from '../open-reader.ts';
import type { CategoricalColumn, FoundColumn, ResolvedColumns, TableReader } from '../reader.ts';
import { claim, resolveFeatures } from '../resolve-features.ts';
import type { SideSchema } from '../schema.ts';

/** A side table before its rows are read. */
export interface SideFile {
  readonly file: TextFile;
  readonly schema: SideSchema;
}

/** A side table with its header read. */
export interface OpenSide {
  readonly file: TextFile;
  /** Column of the log. */
  readonly column: string;
  readonly reader: TableReader;
  readonly key: FoundColumn;
  /** Its features in their order. */
  readonly features: Pick<ResolvedColumns, 'numeric' | 'categorical'>;
}

/** Reads the header of a side table. Throws a UserError for columns that are not there, and for a table without features. */
export function openSide({ file, schema }: SideFile): OpenSide {
  const { path } = file;
  const { separator, header, quote, names, column, key = column } = schema;
  const reader = openReader(file, { separator, header, quote, names, key });
  const { columns } = reader;
  const find = columnFinder(columns, path);
  const found = find.one(key, 'the key of the side table');
  const roles = { columns, find, place: path, taken: new Map<number, string>() };
  claim(roles, found, 'the key');
  const features = resolveFeatures(schema, roles);
  if (features.numeric.length + features.categorical.length === 0)
    throw new UserError(
      `${path}: no feature of the side table is named: name some under "categorical", "numeric" or "multi" of "side"`,
    );
  return { file, column, reader, key: found, features };
}

/** The side table's columns as a reader takes them: the key is the last categorical column. */
export const columnsToRead = ({ key, features }: OpenSide): ResolvedColumns => ({
  numeric: features.numeric,
  categorical: [...features.categorical, { ...key, form: 'text', missing: [] }],
  derived: [],
});

/** Throws a UserError for two features of one name. */
export function requireNames(log: ResolvedColumns, logPath: string, sides: readonly OpenSide[]): void {
  const owner = new Map(
    [...log.numeric, ...log.categorical, ...log.derived].map(({ name }) => [name, logPath]),
  );
  for (const { file, features } of sides)
    for (const { name } of [...features.numeric, ...features.categorical]) {
      const other = owner.get(name);
      if (other !== undefined)
        throw new UserError(
          `${file.path}: a feature is called ${name}, as one of ${other} is: give one another name in its header or with "names", or leave it out`,
        );
      owner.set(name, file.path);
    }
}

/** The keys of the side tables in a log: the places of their tokens among the categorical columns, with those added that are no features. */
export function withKeys(
  log: ResolvedColumns,
  names: readonly string[],
  place: string,
  { sides, missing }: { readonly sides: readonly OpenSide[]; readonly missing: readonly string[] },
): { readonly read: ResolvedColumns; readonly keys: readonly number[] } {
  if (sides.length === 0) return { read: log, keys: [] };
  const find = columnFinder(names, place);
  const categorical: CategoricalColumn[] = [...log.categorical];
  const keys = sides.map(({ column, file }) => {
    const { at, name } = find.one(column, `the key of ${file.path}`);
    const own = categorical.findIndex((one) => one.at === at && one.form === 'text');
    if (own < 0) return categorical.push({ at, name, form: 'text', missing }) - 1;
    if (categorical[own].several !== undefined)
      throw new UserError(
        `${place}: column ${name} has several values, and ${file.path} is joined by one: name another column`,
      );
    return own;
  });
  return { read: { ...log, categorical }, keys };
}
