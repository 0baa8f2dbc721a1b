import type { Series } from '../../analysis/summary/series.ts';
import { type SeriesStyle, styleOf } from '../series-style.ts';

/** Outlines in a box from -6 to 6, looking like Vega's symbols of the same name. */
const outlines: Readonly<Record<string, string>> = {
  circle: 'M4.5,0A4.5,4.5,0,1,1,-4.5,0A4.5,4.5,0,1,1,4.5,0Z',
  square: 'M-4,-4h8v8h-8Z',
  'triangle-up': 'M0,-4.5L5,4.5H-5Z',
  diamond: 'M0,-5.5L5.5,0L0,5.5L-5.5,0Z',
  'triangle-down': 'M0,4.5L5,-4.5H-5Z',
  cross: 'M-1.7,-5h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3Z',
  'triangle-right': 'M4.5,0L-4.5,5V-5Z',
};

/** The mark of a series as SVG, the same in legend, table and charts. It is decorative: the name stands beside it. */
export function symbolOf(series: Series): string {
  return symbolFor(styleOf(series));
}

export function symbolFor({ color, shape }: SeriesStyle): string {
  return `<svg class="symbol" viewBox="-6 -6 12 12" aria-hidden="true"><path d="${outlines[shape]}" fill="${color}"/></svg>`;
}
