import { formatCount } from '../format.ts';
import type { CardRow } from './budget-view.ts';
import type { DataField } from './data-fields.ts';

/** The parameters of every field: a row for each, the field with most ids first, a column for each budget. */
export interface PerFieldView {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly field: string;
    readonly ids: string;
    readonly cells: readonly string[];
  }[];
}

/** Undefined if no parameter was resolved field by field. */
export function perFieldView(
  rows: readonly CardRow[],
  fields: readonly DataField[],
): PerFieldView | undefined {
  const columns = rows.flatMap(({ view, perField }) =>
    perField.map(({ name, values }) => ({ name, heading: `${name} ${view.budget}`, values })),
  );
  if (columns.length === 0) return undefined;
  // All budgets of a choice side by side.
  const names = [...new Set(columns.map(({ name }) => name))];
  const sorted = names.flatMap((name) => columns.filter((column) => column.name === name));
  const bySize = [...fields.keys()].sort((a, b) => fields[b].cardinality - fields[a].cardinality || a - b);
  return {
    columns: sorted.map(({ heading }) => heading),
    rows: bySize.map((f) => ({
      field: fields[f].name,
      ids: formatCount(fields[f].cardinality),
      cells: sorted.map(({ values }) => values[f]),
    })),
  };
}
