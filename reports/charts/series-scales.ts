import type { Series } from '../../analysis/summary/series.ts';
import { styleOf } from '../series-style.ts';

/** A series and its colour; PyTorch's bars have such a pair without a series. */
export interface ColoredKey {
  readonly key: string;
  readonly color: string;
}

export function coloredKey(series: Series): ColoredKey {
  return { key: series.key, color: styleOf(series).color };
}

/** Vega matches colour and shape to a series by its key: names are data and never reach an expression. */
export function colorScale(series: readonly Series[]) {
  return keyColorScale(series.map(coloredKey));
}

export function keyColorScale(keys: readonly ColoredKey[]) {
  return scaleOf(
    keys,
    keys.map(({ color }) => color),
  );
}

export function shapeScale(series: readonly Series[]) {
  return scaleOf(
    series,
    series.map((one) => styleOf(one).shape),
  );
}

function scaleOf(series: readonly Pick<Series, 'key'>[], range: readonly string[]) {
  const scale = { domain: series.map(({ key }) => key), range: [...range] };
  return { field: 'series', type: 'nominal' as const, legend: null, scale };
}
