import { renderReport } from '../report.ts';
import { methodPaths, reportPath } from './addresses.ts';
import { historyView } from './history.ts';
import { indexView, methodsIn } from './index-view.ts';
import { type Published, byData } from './published.ts';
import { withResults } from './results.ts';
import { fillHistory, fillIndex } from './templates.ts';

/** Of the index, from a report. */
const home = '../../index.html';

/**
 * Every page of the site by its path, of at least one recording: index.html, a page for each method, and the report of each
 * recording. The same recordings give the same bytes. `filesOf`: names of files that will lie beside a report, and are
 * linked. Throws a Fault where the runs of a recording saw different data.
 */
export async function renderSite(
  published: readonly Published[],
  filesOf: (published: Published) => readonly string[],
): Promise<Map<string, string>> {
  const groups = byData(published).map(withResults);
  const paths = methodPaths(published.flatMap(methodsIn));
  const pages = new Map([['index.html', fillIndex(indexView(published, groups, paths, filesOf))]]);
  for (const [method, path] of paths) pages.set(path, fillHistory(historyView(method, groups, published)));
  for (const one of published) pages.set(reportPath(one), await renderReport(one.recording, home));
  return pages;
}
