import { withResults } from '../../analysis/leaderboards/results.ts';
import { type Published, type SameData, byData, methodsIn } from '../../analysis/leaderboards/same-data.ts';
import { shortened } from '../../base/shortened.ts';
import { renderReport } from '../report.ts';
import { methodPaths, reportPath } from './addresses.ts';
import { historyView } from './history.ts';
import { indexView } from './index-view.ts';
import { type LeftOut, headingsOf } from './published.ts';
import { fillHistory, fillIndex } from './templates.ts';

/** The address of the index from a report. */
const home = '../../index.html';

export interface Site {
  /** HTML by path: index.html, a page for each method, and the report of each recording. */
  readonly pages: ReadonlyMap<string, string>;
  readonly published: readonly Published[];
  /** Recordings that could not be read before, and recordings that could not be drawn. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Every page of the site. The same recordings give the same bytes. `filesOf` gives the names of files beside a report, which
 * the site links. A recording that cannot be drawn (its runs saw different data, say) is left out and named; the others
 * are as they would be without it.
 */
export async function renderSite(
  read: readonly Published[],
  filesOf: (published: Published) => readonly string[],
  unread: readonly LeftOut[] = [],
  margin?: number,
): Promise<Site> {
  const results = (same: SameData) => withResults(same, margin);
  const published: Published[] = [];
  const leftOut = [...unread];
  const reports = new Map<string, string>();
  for (const one of read) {
    try {
      const report = await renderReport(one.recording, { home, margin });
      byData([one]).map(results);
      reports.set(reportPath(one), report);
      published.push(one);
    } catch (error) {
      leftOut.push({ folder: one.folder, problem: shortened((error as Error).message) });
    }
  }
  const groups = byData(published).map(results);
  const headings = headingsOf(groups);
  const paths = methodPaths(published.flatMap(methodsIn));
  const named = leftOut.toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
  const pages = new Map([
    ['index.html', fillIndex(indexView(published, groups, headings, paths, filesOf, named))],
  ]);
  for (const [method, path] of paths)
    pages.set(path, fillHistory(historyView(method, groups, headings, published)));
  return { pages: new Map([...pages, ...reports]), published, leftOut: named };
}
