import { UserError } from '../../base/user-error.ts';
import { columnFinder } from './find-columns.ts';
import { parseLabel } from './label-rule.ts';
import type { ResolvedColumns } from './reader.ts';
import { claim, resolveFeatures } from './resolve-features.ts';
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
  const label = labelColumn(schema, find);
  const counts = schema.counts && {
    clicks: find.one(schema.counts.clicks, 'the clicks'),
    impressions: find.one(schema.counts.impressions, 'the impressions'),
  };
  const timeColumn =
    typeof schema.time === 'string' ? { column: schema.time, form: 'number' as const } : schema.time;
  const time = timeColumn && { ...find.one(timeColumn.column, 'the time'), form: timeColumn.form };
  const weight = schema.weight === undefined ? undefined : find.one(schema.weight, 'the weight');
  const part = schema.part === undefined ? undefined : find.one(schema.part, 'the part');
  const roles = { columns, find, place, taken: new Map<number, string>() };
  for (const [role, found] of [
    ['the label', label],
    ['the clicks', counts?.clicks],
    ['the impressions', counts?.impressions],
    ['the weight', weight],
    ['the part', part],
  ] as const)
    if (found !== undefined) claim(roles, found, role);

  const { numeric, categorical } = resolveFeatures(schema, roles, time ? [time.at] : []);
  if (schema.derived.length > 0 && (time === undefined || time.form === 'number'))
    throw new UserError(
      `${place}: derived fields are taken from a time of the form date, YYMMDDHH or YYYYMMDD`,
    );
  if (categorical.length + schema.derived.length + schema.side.length === 0)
    throw new UserError(
      `${place}: no categorical column, so there is nothing to embed: name some with --categorical`,
    );
  return {
    ...(label && { label }),
    ...(counts && { counts }),
    numeric,
    categorical,
    derived: schema.derived,
    ...(time && { time }),
    ...(weight && { weight }),
    ...(part && { part }),
  };
}

function labelColumn(
  { label }: TableSchema,
  find: ReturnType<typeof columnFinder>,
): ResolvedColumns['label'] {
  if (label === undefined) return undefined;
  const { column, rule } = parseLabel(label);
  return { ...find.one(column, 'the label'), rule };
}
