import type { ResolvedColumns } from '../reader.ts';
import type { TokenForm } from '../schema.ts';
import {
  type CellWriter,
  categoryWriter,
  derivedWriter,
  labelWriter,
  numberWriter,
  partWriter,
  severalWriter,
  timeWriter,
  weightWriter,
} from './cell-writers.ts';
import { countWriters } from './count-writers.ts';
import type { RowBuffer } from './row-buffer.ts';

/** Kinds of cells that the fast loop of parseRows knows. `other`: its writers alone know it. */
export const cellKinds = {
  skip: 0,
  label: 1,
  integer: 2,
  number: 3,
  hex: 4,
  whole: 5,
  text: 6,
  other: 7,
} as const;
export type CellKind = (typeof cellKinds)[keyof typeof cellKinds];

/** A column of the file: its kind, and the writers of its cells for whatever the fast loop does not know. */
export interface ColumnPlace {
  readonly name: string;
  readonly kind: CellKind;
  /** The index in the array of its kind at which the column begins. */
  readonly base: number;
  readonly writers: readonly CellWriter[];
  /** Words of tokens that stand for missing values, three each; only for texts. */
  readonly missing: boolean;
}

const kindOf: Readonly<Record<TokenForm, CellKind>> = {
  text: cellKinds.text,
  hex: cellKinds.hex,
  integer: cellKinds.whole,
  index: cellKinds.other,
};

/** The places of all columns of a file, in its order. */
export function columnLayout(
  columns: ResolvedColumns,
  names: readonly string[],
  rows: RowBuffer,
): readonly ColumnPlace[] {
  const { stride } = rows;
  const roles: { kind: CellKind; base: number; writer: CellWriter; missing: boolean }[][] = names.map(
    () => [],
  );
  const add = (at: number, kind: CellKind, base: number, writer: CellWriter, missing = false) =>
    roles[at].push({ kind, base, writer, missing });
  const { label, counts, numeric, categorical, derived, time, weight, part } = columns;
  if (label !== undefined)
    add(
      label.at,
      label.rule === undefined ? cellKinds.label : cellKinds.other,
      0,
      labelWriter(rows, label.rule),
    );
  if (counts !== undefined)
    for (const { at, writer } of countWriters(rows.counts!, counts)) add(at, cellKinds.other, 0, writer);
  let [nextInteger, nextFloat, nextWord, nextText, nextSeveral] = [0, 0, 0, 0, 0];
  for (const column of numeric) {
    const exact = column.form === 'integer';
    const base = (exact ? nextInteger++ : nextFloat++) * stride;
    add(column.at, exact ? cellKinds.integer : cellKinds.number, base, numberWriter(rows, base, column));
  }
  for (const column of categorical) {
    if (column.several !== undefined) {
      add(column.at, cellKinds.other, 0, severalWriter(rows.several[nextSeveral++], column));
      continue;
    }
    const base = column.form === 'text' ? 3 * nextText++ * stride : nextWord++ * stride;
    add(column.at, kindOf[column.form], base, categoryWriter(rows, base, column), column.missing.length > 0);
  }
  if (time !== undefined) add(time.at, cellKinds.other, 0, timeWriter(rows, time.form));
  for (const { take } of derived)
    add(time!.at, cellKinds.other, 0, derivedWriter(rows, nextWord++ * stride, time!.form, take));
  if (weight !== undefined) add(weight.at, cellKinds.other, 0, weightWriter(rows));
  if (part !== undefined) add(part.at, cellKinds.other, 0, partWriter(rows));
  return roles.map((roles, at) => {
    const writers = roles.map(({ writer }) => writer);
    if (roles.length === 0)
      return { name: names[at], kind: cellKinds.skip, base: 0, writers, missing: false };
    const [{ kind, base, missing }] = roles;
    // Texts with names for missing values take the slow way, as do columns with two roles.
    const other = roles.length > 1 || (missing && kind === cellKinds.text);
    return { name: names[at], kind: other ? cellKinds.other : kind, base, writers, missing };
  });
}
