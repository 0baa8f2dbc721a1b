import { countOf, noCount, noImpressions, tooMany } from '../count-rule.ts';
import type { Counts, ResolvedColumns } from '../reader.ts';
import { type CellWriter, textOf } from './cell-writers.ts';

/** Writers of clicks and impressions; that of the later column compares both. */
export function countWriters(
  { clicks, impressions }: Counts,
  columns: NonNullable<ResolvedColumns['counts']>,
): readonly { readonly at: number; readonly writer: CellWriter }[] {
  const compare = (row: number) =>
    clicks[row] > impressions[row] ? `does not fit: ${tooMany(clicks[row], impressions[row])}` : undefined;
  const clicksLast = columns.clicks.at > columns.impressions.at;
  return [
    {
      at: columns.clicks.at,
      writer: (bytes, from, to, row) => {
        const count = countOf(textOf(bytes, from, to));
        if (count === undefined) return noCount;
        clicks[row] = count;
        return clicksLast ? compare(row) : undefined;
      },
    },
    {
      at: columns.impressions.at,
      writer: (bytes, from, to, row) => {
        const count = countOf(textOf(bytes, from, to));
        if (count === undefined) return noCount;
        if (count === 0) return noImpressions;
        impressions[row] = count;
        return clicksLast ? undefined : compare(row);
      },
    },
  ];
}
