import { shortened } from '../../base/shortened.ts';
import { renderReport } from '../report.ts';
import { methodPaths, reportPath } from './addresses.ts';
import { historyView } from './history.ts';
import { indexView, methodsIn } from './index-view.ts';
import { type LeftOut, type Published, byData } from './published.ts';
import { withResults } from './results.ts';
import { fillHistory, fillIndex } from './templates.ts';

/** Of the index, from a report. */
const home = '../../index.html';

export interface Site {
  /** By path: index.html, a page for each method, and the report of each recording. */
  readonly pages: ReadonlyMap<string, string>;
  readonly published: readonly Published[];
  /** Those that could not be read before, and those that could not be drawn. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Every page of the site. The same recordings give the same bytes. `filesOf`: names of files that will lie beside a report,
 * and are linked. A recording that cannot be drawn (runs that saw different data, say) is left out and named; the others
 * are as they would be without it.
 */
export async function renderSite(
  read: readonly Published[],
  filesOf: (published: Published) => readonly string[],
  unread: readonly LeftOut[] = [],
): Promise<Site> {
  const published: Published[] = [];
  const leftOut = [...unread];
  const reports = new Map<string, string>();
  for (const one of read) {
    try {
      const report = await renderReport(one.recording, home);
      byData([one]).map(withResults);
      reports.set(reportPath(one), report);
      published.push(one);
    } catch (error) {
      leftOut.push({ folder: one.folder, problem: shortened((error as Error).message) });
    }
  }
  const groups = byData(published).map(withResults);
  const paths = methodPaths(published.flatMap(methodsIn));
  const named = leftOut.toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
  const pages = new Map([['index.html', fillIndex(indexView(published, groups, paths, filesOf, named))]]);
  for (const [method, path] of paths) pages.set(path, fillHistory(historyView(method, groups, published)));
  return { pages: new Map([...pages, ...reports]), published, leftOut: named };
}
