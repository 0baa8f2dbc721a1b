import type { CompressReport } from '../../serving/compress/report.ts';
import { aligned } from '../terminal/aligned.ts';

/** A report for a terminal. */
export function reportLines(report: CompressReport, counted: boolean): string[] {
  const { bytes, compression, tables, sample, seconds, peakRssBytes } = report;
  const heads = ['table', 'rows', 'width', 'mean square', 'relative', ...(counted ? ['by look-ups'] : []), 'neighbours kept']; // prettier-ignore
  const rows = tables.map(({ name, rows, width, meanSquare, relative, weighted, neighboursKept }) => [
    name,
    rows.toLocaleString('en'),
    String(width),
    meanSquare.toExponential(3),
    relative.toFixed(5),
    ...(counted ? [weighted === undefined ? '-' : weighted.relative.toFixed(5)] : []),
    neighboursKept === null ? '-' : `${(100 * neighboursKept).toFixed(1)} %`,
  ]);
  const kinds = Object.entries(bytes.byKind).filter(([, count]) => count > 0);
  const shared = tables.filter(({ sharedRows }) => sharedRows > 0);
  return [
    aligned([heads, ...rows], 1),
    `relative: squared error / squares, each row once${counted ? '; by look-ups: rows weighted by their counts' : ''}`,
    `neighbours: 10 nearest by cosine, among at most ${sample.rows} rows of a table, drawn by seed ${sample.seed}`,
    `bytes: ${bytes.serving} of ${bytes.full} as 32-bit floats (${compression.achieved.toFixed(2)}x, ${compression.requested}x asked): ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    ...shared.map(
      ({ name, rows, sharedRows }) =>
        `${name}: ${sharedRows.toLocaleString('en')} of ${rows.toLocaleString('en')} rows have no vector of their own` +
        (counted ? ', the rarest ones' : '; without --counts these are not the rarest: give counts, or take a lower --compression'),
    ), // prettier-ignore
    `compressed in ${seconds.compress.toFixed(1)} s, compared in ${seconds.compare.toFixed(1)} s (${seconds.processor.toFixed(1)} s of processors), peak memory ${(peakRssBytes / 1e9).toFixed(2)} GB`,
  ];
}
