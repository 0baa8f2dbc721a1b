import type { DataFacts } from '../../datasets/index.ts';

/** Lines for people about counts of a log and side tables that were joined. */
export function sourceLines({ counts, sides = [] }: Pick<DataFacts, 'counts' | 'sides'>): string[] {
  return [
    ...(counts
      ? [
          `lines: ${counts.lines}, with ${counts.impressions} impressions and ${counts.clicks} clicks (${(100 * (counts.clicks / counts.impressions)).toFixed(2)} %)`,
        ]
      : []),
    ...sides.map(
      ({ file, column, rows, bytes, lacking }) =>
        `side table ${file}: ${rows} rows by ${column}, ${(bytes / 1e6).toFixed(2)} MB in memory; lines without a row in it: ${lacking}`,
    ),
  ];
}
