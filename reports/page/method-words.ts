import type { Environment } from '../../results/environment.ts';
import type { Series } from '../../analysis/summary/series.ts';

/** The text that a filter searches, in lower case: the label of a series, and the title and family of its method. */
export function methodWords({ method, label }: Series, methods: Environment['methods']): string {
  const { title = '', idea = '', family = '', paper = { cite: '' } } = methods?.[method] ?? {};
  return [label, title, idea, family, paper.cite].join(' ').trim().toLowerCase();
}
