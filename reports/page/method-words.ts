import type { Environment } from '../../results/environment.ts';
import type { Series } from '../../analysis/summary/series.ts';

/** What a filter finds a series by, in lower case: its label, and what the recording says of its method. */
export function methodWords({ method, label }: Series, methods: Environment['methods']): string {
  const { title = '', idea = '', family = '', paper = { cite: '' } } = methods?.[method] ?? {};
  return [label, title, idea, family, paper.cite].join(' ').trim().toLowerCase();
}
