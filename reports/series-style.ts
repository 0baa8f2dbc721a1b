import { baseline } from '../analysis/comparisons/comparable.ts';
import type { Series } from '../analysis/summary/series.ts';

/** The look of a series in charts, legends and tables. */
export interface SeriesStyle {
  /** CSS colour, one per method: `var(--series-3)`. */
  readonly color: string;
  /** Vega symbol, one per series: colour alone must never carry the meaning. */
  readonly shape: string;
}

const shapes = ['square', 'triangle-up', 'diamond', 'triangle-down', 'cross', 'triangle-right'];
/** The number of --series-N colours in page/colors.css: prime to the number of shapes, so that pairs repeat late. */
export const colors = 7;

export function styleOf({ method, muted, place, methodPlace }: Series): SeriesStyle {
  if (method === baseline) return { color: 'var(--series-full)', shape: 'circle' };
  if (muted) return { color: 'var(--series-rest)', shape: 'circle' };
  return { color: `var(--series-${methodPlace! % colors})`, shape: shapes[place! % shapes.length] };
}
