import { findingsOf } from '../../analysis/leaderboards/findings.ts';
import { type DataResults, withResults } from '../../analysis/leaderboards/results.ts';
import { type Published, type SameData, byData, methodsIn } from '../../analysis/leaderboards/same-data.ts';
import { shortened } from '../../base/shortened.ts';
import { renderReport } from '../report.ts';
import { methodPaths, reportPath } from './addresses.ts';
import { claimsPage } from './claims-page.ts';
import { type FindingsView, aggregateView, findingsView } from './findings-view.ts';
import { historyView, up } from './history.ts';
import { type IndexView, indexView } from './index-view.ts';
import { type LeftOut, headingsOf } from './published.ts';
import { fillClaims, fillHistory, fillIndex } from './templates.ts';

/** The address of the index from a report. */
const home = '../../index.html';

export interface Site {
  /** HTML by path: index.html, claims.html, a page for each method, and the report of each recording. */
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
  const claims = claimsPage(groups);
  const opening = { ...(await openingOf(groups, headings, paths)), claims: claims.counts, leftOut: named };
  const pages = new Map([
    ['index.html', fillIndex(indexView(published, groups, headings, paths, filesOf, opening))],
    ['claims.html', fillClaims(claims)],
  ]);
  const { claims: fromBelow } = claimsPage(groups, up);
  for (const [method, path] of paths) {
    const own = fromBelow.filter((claim) => claim.method === method);
    pages.set(path, fillHistory({ ...historyView(method, groups, headings, published), claims: own }));
  }
  return { pages: new Map([...pages, ...reports]), published, leftOut: named };
}

/** The choices on every data set, one drawing after the other, and over all of them. */
async function openingOf(
  groups: readonly DataResults[],
  headings: readonly string[],
  paths: ReadonlyMap<string, string>,
): Promise<Pick<IndexView, 'findings' | 'over'>> {
  const found = groups.map(findingsOf);
  const views: FindingsView[] = [];
  for (const [i, heading] of headings.entries()) {
    const view = await findingsView(found[i], { id: `data-${i + 1}`, heading }, paths);
    if (view !== undefined) views.push(view);
  }
  return {
    findings: views,
    over: aggregateView(
      found.filter((one) => one !== undefined),
      paths,
    ),
  };
}
