import { UserError } from '../../base/user-error.ts';
import type { ColumnFinder } from './find-columns.ts';
import type { CategoricalColumn, FoundColumn, NumericColumn } from './reader.ts';
import type { FeatureSchema } from './schema.ts';

/** Columns of a file with their roles so far, by their places. */
export interface Roles {
  readonly columns: readonly string[];
  readonly find: ColumnFinder;
  /** Begins the messages. */
  readonly place: string;
  readonly taken: Map<number, string>;
}

/** Gives a column a role. Throws a UserError if it has one. */
export function claim({ taken, place }: Roles, { at, name }: FoundColumn, role: string): void {
  const other = taken.get(at);
  if (other !== undefined)
    throw new UserError(
      `${place}: column ${at + 1} (${name}) is named twice, as ${other} and as ${role}; name it once`,
    );
  taken.set(at, role);
}

/**
 * The features of a file in its order. Names take columns before patterns do; `kept` are places that no pattern takes. Throws a UserError
 * for a name that is not there, a pattern without a match, and a column with two roles.
 */
export function resolveFeatures(
  schema: FeatureSchema,
  roles: Roles,
  kept: readonly number[] = [],
): { readonly numeric: NumericColumn[]; readonly categorical: CategoricalColumn[] } {
  const { columns, find, taken } = roles;
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
    claim(roles, { at, name: columns[at] }, entry.role);
    chosen.set(at, entry);
  };
  const isPattern = (name: string) => name.includes('*') && !columns.includes(name);
  for (const entry of listed)
    if (!isPattern(entry.column)) take(find.one(entry.column, entry.role).at, entry);
  // Patterns take the columns that no name has taken.
  const named = new Set([...taken.keys(), ...kept]);
  for (const entry of listed)
    if (isPattern(entry.column))
      for (const at of find.like(entry.column, entry.role)) if (!named.has(at)) take(at, entry);

  const missing = schema.missing.filter((cell) => cell !== '');
  const found = { numeric: [] as NumericColumn[], categorical: [] as CategoricalColumn[] };
  for (const [at, { role, item }] of [...chosen].sort(([a], [b]) => a - b)) {
    if (item === undefined) continue;
    const common = { at, name: columns[at], missing: item.missing ?? missing };
    if (role === 'numeric')
      found.numeric.push({
        ...common,
        form: item.form,
        ...(item.transform && { transform: item.transform }),
      });
    else if (role === 'categorical') found.categorical.push({ ...common, form: item.form });
    else
      found.categorical.push({
        ...common,
        form: 'text',
        several: { separator: item.separator, pool: item.pool },
      });
  }
  return found;
}
