import type { Series } from '../series.ts';

/** Vega matches colour and shape to a series by its key: names are data and never reach an expression. */
export function colorOf(series: readonly Pick<Series, 'key' | 'color'>[]) {
  return scaleOf(
    series,
    series.map(({ color }) => color),
  );
}

export function shapeOf(series: readonly Series[]) {
  return scaleOf(
    series,
    series.map(({ shape }) => shape),
  );
}

function scaleOf(series: readonly Pick<Series, 'key'>[], range: readonly string[]) {
  const scale = { domain: series.map(({ key }) => key), range: [...range] };
  return { field: 'series', type: 'nominal' as const, legend: null, scale };
}
