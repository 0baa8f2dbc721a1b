import { z } from 'zod';
import type { Field } from '../../../harness/contract/data.ts';
import { countIds } from './table-parts.ts';

/** The option `keep` of methods that share rows. */
export const keepOption = z
  .int()
  .min(0)
  .default(200)
  .describe('largest number of ids at which a field keeps a row for each');

/**
 * Chooses the fields that keep a row per id: those with at most `keep` ids, smallest first, as long as together they take no more
 * than half of the rows that are left once every field has one. Small fields cost next to nothing and lose most by
 * sharing rows. If there are rows for every id, all fields keep theirs.
 */
export function chooseUncompressed(fields: readonly Field[], keep: number, rows: number): boolean[] {
  const spare = rows - fields.length;
  if (countIds(fields) - fields.length <= spare) return fields.map(() => true);
  const smallestFirst = [...fields.keys()].sort((a, b) => fields[a].cardinality - fields[b].cardinality);
  const uncompressed = fields.map(() => false);
  let taken = 0;
  for (const f of smallestFirst) {
    taken += fields[f].cardinality - 1;
    if (fields[f].cardinality > keep || taken > spare / 2) break;
    uncompressed[f] = true;
  }
  return uncompressed;
}

/** The positions of the fields that pass a test of what each field has. */
export function fieldsWhere<T>(values: readonly T[], test: (value: T, field: number) => boolean): number[] {
  return values.flatMap((value, f) => (test(value, f) ? [f] : []));
}
