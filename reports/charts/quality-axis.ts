import { countedFullBytes } from '../../results/counted-bytes.ts';
import { formatBytes, formatRatio } from '../format.ts';
import type { CompletedRow } from '../../analysis/summary/rows.ts';

/** Pixels a label like "16x / 2.1 MB" takes. */
const labelWidth = 54;

/** The lower end of the axis. */
export function smallestBytes(rows: readonly CompletedRow[]): number {
  return Math.min(...rows.map((row) => row.estimates.servingBytes.value)) / 1.25;
}

/**
 * Serving bytes on a logarithmic axis, falling to the right, with a tick at every budget. Budgets closer together than
 * their labels are wide share the first one's tick.
 */
export function bytesAxis(rows: readonly CompletedRow[], plotWidth: number) {
  const bytes = rows.map((row) => row.estimates.servingBytes.value);
  const [low, high] = [smallestBytes(rows), Math.max(...bytes) * 1.25];
  const pixels = (value: number) => (Math.log(high / value) / Math.log(high / low)) * plotWidth;
  const full = countedFullBytes(rows[0].runs[0]);
  const ratios = [...new Set(rows.map((row) => row.requested))].sort((a, b) => a - b);
  const ticks: { place: number; ratio: number }[] = [];
  for (const tick of ratios.map((ratio) => ({ place: full / ratio, ratio }))) {
    const last = ticks.at(-1);
    const free = last === undefined || pixels(tick.place) - pixels(last.place) >= labelWidth;
    if (free && tick.place >= low && tick.place <= high) ticks.push(tick);
  }
  const labels = ticks.map(({ place, ratio }) => [String(place), [formatRatio(ratio), formatBytes(place)]]);
  return {
    field: 'bytes',
    type: 'quantitative',
    scale: { type: 'log', domain: [low, high], reverse: true, nice: false },
    axis: {
      title: null,
      values: ticks.map(({ place }) => place),
      // This expression holds numbers and text made of them alone.
      labelExpr: `${JSON.stringify(Object.fromEntries(labels))}[datum.value]`,
      labelFlush: false,
      labelOverlap: false,
    },
  };
}
