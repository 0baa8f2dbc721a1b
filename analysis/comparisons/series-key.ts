import { canonicalJson } from '../../base/canonical-json.ts';
import type { RunRecord } from '../../results/record.ts';

/** A method with one choice of options as text: it identifies a line in a chart, and a row at each budget. */
export function seriesKey({ method, options }: Pick<RunRecord, 'method' | 'options'>): string {
  return `${method} ${canonicalJson(options)}`;
}
