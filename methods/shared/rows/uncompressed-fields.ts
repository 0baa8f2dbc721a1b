import { z } from 'zod';
import type { Field } from '../../../harness/contract/data.ts';

/** The option `keep` of methods that share rows. */
export const keepWhole = z
  .int()
  .min(0)
  .default(200)
  .describe('fields with at most this many ids keep a row for each');

/**
 * Which fields keep a row per id: those with at most `keep` ids, smallest first, as long as together they take no more
 * than half of the rows that are left once every field has one. Small fields cost next to nothing and lose most by
 * sharing rows. Where there are rows for every id, all fields are kept.
 */
export function wholeFields(fields: readonly Field[], keep: number, rows: number): boolean[] {
  const spare = rows - fields.length;
  if (fields.reduce((sum, { cardinality }) => sum + cardinality - 1, 0) <= spare)
    return fields.map(() => true);
  const smallestFirst = fields.map((_, f) => f).sort((a, b) => fields[a].cardinality - fields[b].cardinality);
  const whole = fields.map(() => false);
  let taken = 0;
  for (const f of smallestFirst) {
    taken += fields[f].cardinality - 1;
    if (fields[f].cardinality > keep || taken > spare / 2) break;
    whole[f] = true;
  }
  return whole;
}

/** The positions of the fields that pass a test of what each field has. */
export function fieldsWhere<T>(values: readonly T[], test: (value: T, field: number) => boolean): number[] {
  return values.flatMap((value, f) => (test(value, f) ? [f] : []));
}
