import type { RunRecord } from './record.ts';

/** A method with one choice of options, as text: what a line in a chart and a row at each budget stand for. */
export function seriesKey({ method, options }: Pick<RunRecord, 'method' | 'options'>): string {
  return `${method} ${canonical(options)}`;
}

/** JSON with sorted keys: equal options give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
