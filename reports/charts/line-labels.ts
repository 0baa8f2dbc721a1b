import type { Series } from '../../analysis/summary/series.ts';
import { digits } from './axes.ts';
import type { QualityPoint } from './quality-points.ts';
import { colorScale } from './series-scales.ts';
import { shortLabel } from './label-room.ts';
import { spreadLabels } from './spread-labels.ts';

/** The plot that gets labels: its size in pixels and the values at its bottom and top. */
export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly domain: readonly [bottom: number, top: number];
}

/** The name of every line beside its last point, with a dotted leader where it had to move away from others. */
export function lineLabels(points: readonly QualityPoint[], series: readonly Series[], plot: Plot) {
  const last = series.flatMap(({ key }) => {
    const own = points.filter((point) => point.series === key);
    return own.length === 0 ? [] : [own.reduce((a, b) => (b.bytes < a.bytes ? b : a))];
  });
  const [bottom, top] = plot.domain;
  const perPixel = (top - bottom) / plot.height;
  const wanted = last.map((point) => (top - point.value) / perPixel);
  const places = spreadLabels(wanted, 15, 4, plot.height);
  const values = last.map(({ series, label, bytes, value }, i) => ({
    series,
    bytes,
    value,
    short: shortLabel(label),
    place: digits(top - places[i] * perPixel),
  }));
  const place = { field: 'place', type: 'quantitative' };
  return [
    {
      name: 'keep_leaders',
      data: { values },
      mark: { type: 'rule', strokeWidth: 1, strokeDash: [1, 2] },
      encoding: { x2: { value: plot.width + 12 }, y2: place, color: colorScale(series) },
    },
    {
      name: 'keep_names',
      data: { values },
      mark: { type: 'text', align: 'left', baseline: 'middle', limit: 1000 },
      encoding: { x: { value: plot.width + 16 }, y: place, text: { field: 'short' } },
    },
  ];
}
