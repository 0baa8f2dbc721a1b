import { UserError } from '../../base/user-error.ts';
import { parseLabel } from './label-rule.ts';
import { columnFinder, type ColumnFinder } from './find-columns.ts';
import type { CategoricalColumn, NumericColumn, ResolvedColumns } from './reader.ts';
import type { TableSchema } from './schema.ts';

/**
 * The places of a schema's columns in a file with these column names. `place` begins the messages. Throws a UserError for a name that is not
 * there (with the nearest one), a pattern without a match, and a column with two roles; the time alone may be a feature, too.
 */
export function resolveColumns(
  schema: TableSchema,
  columns: readonly string[],
  place: string,
): ResolvedColumns {
  const find = columnFinder(columns, place);
  const { column, rule } = parseLabel(schema.label);
  const label = find.one(column, 'the label');
  const timeColumn =
    typeof schema.time === 'string' ? { column: schema.time, form: 'number' as const } : schema.time;
  const time = timeColumn && { ...find.one(timeColumn.column, 'the time'), form: timeColumn.form };
  const weight = schema.weight === undefined ? undefined : find.one(schema.weight, 'the weight');
  const part = schema.part === undefined ? undefined : find.one(schema.part, 'the part');
  const roles = new Map<number, string>();
  for (const [role, found] of [
    ['the label', label],
    ['the weight', weight],
    ['the part', part],
  ] as const)
    if (found !== undefined) claim(roles, found, role, place);

  const numeric = schema.numeric.map((item) =>
    typeof item === 'string' ? { column: item, form: 'number' as const } : item,
  );
  const categorical = schema.categorical.map((item) =>
    typeof item === 'string' ? { column: item, form: 'text' as const } : item,
  );
  const listed = [
    ...schema.drop.map((name) => ({ column: name, role: 'drop' as const, item: undefined })),
    ...numeric.map((item) => ({ column: item.column, role: 'numeric' as const, item })),
    ...categorical.map((item) => ({ column: item.column, role: 'categorical' as const, item })),
    ...schema.multi.map((item) => ({ column: item.column, role: 'multi' as const, item })),
  ];
  type Listed = (typeof listed)[number];
  const chosen = new Map<number, Listed>();
  const take = (at: number, entry: Listed) => {
    claim(roles, { at, name: columns[at] }, entry.role, place);
    chosen.set(at, entry);
  };
  const isPattern = (name: string) => name.includes('*') && !columns.includes(name);
  for (const entry of listed)
    if (!isPattern(entry.column)) take(find.one(entry.column, entry.role).at, entry);
  // Patterns take the columns that no name has taken.
  const named = new Set([...roles.keys(), ...(time ? [time.at] : [])]);
  for (const entry of listed)
    if (isPattern(entry.column)) for (const at of matching(find, entry, named)) take(at, entry);

  const missing = schema.missing.filter((cell) => cell !== '');
  const features = [...chosen].sort(([a], [b]) => a - b);
  const numericColumns: NumericColumn[] = [];
  const categoricalColumns: CategoricalColumn[] = [];
  for (const [at, { role, item }] of features) {
    if (item === undefined) continue;
    const common = { at, name: columns[at], missing: item.missing ?? missing };
    if (role === 'numeric')
      numericColumns.push({
        ...common,
        form: item.form,
        ...(item.transform && { transform: item.transform }),
      });
    else if (role === 'categorical') categoricalColumns.push({ ...common, form: item.form });
    else
      categoricalColumns.push({
        ...common,
        form: 'text',
        several: { separator: item.separator, pool: item.pool },
      });
  }
  if (schema.derived.length > 0 && (time === undefined || time.form === 'number'))
    throw new UserError(
      `${place}: derived fields are taken from a time of the form date, YYMMDDHH or YYYYMMDD`,
    );
  if (categoricalColumns.length + schema.derived.length === 0)
    throw new UserError(
      `${place}: no categorical column, so there is nothing to embed: name some with --categorical`,
    );
  return {
    label: { ...label, rule },
    numeric: numericColumns,
    categorical: categoricalColumns,
    derived: schema.derived,
    ...(time && { time }),
    ...(weight && { weight }),
    ...(part && { part }),
  };
}

interface Found {
  readonly at: number;
  readonly name: string;
}

function claim(roles: Map<number, string>, { at, name }: Found, role: string, place: string): void {
  const other = roles.get(at);
  if (other !== undefined)
    throw new UserError(
      `${place}: column ${at + 1} (${name}) is named twice, as ${other} and as ${role}; name it once`,
    );
  roles.set(at, role);
}

/** The columns that a pattern matches, but not those with a name of their own in the schema. */
function matching(
  find: ColumnFinder,
  { column, role }: { readonly column: string; readonly role: string },
  named: ReadonlySet<number>,
): number[] {
  return find.like(column, role).filter((at) => !named.has(at));
}
