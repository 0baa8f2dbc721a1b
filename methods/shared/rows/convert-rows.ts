import type { Converter } from '../../../harness/contract/conversion.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { Table } from '../../../harness/contract/method.ts';
import { rowOfEveryId, stackedPieces } from './row-source.ts';
import { fieldOffsets } from './table-parts.ts';

/** The converter of a plan that serves a row for every id, field after field: the rows as they are, in the form that the table is stored in. */
export function convertRows(
  fields: readonly Field[],
  table: Table,
  choices: Readonly<Record<string, unknown>> = {},
): Converter {
  return {
    holds: 'pieces',
    convert: (rowsOf) => ({
      plan: { tables: [table], choices },
      tables: new Map([[table, () => stackedPieces(fields.map((_, f) => rowsOf(f)))]]),
      recipe: rowOfEveryId(fields, fieldOffsets(fields)),
    }),
  };
}
