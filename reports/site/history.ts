import { historyOf } from '../../analysis/leaderboards/history.ts';
import type { DataResults, Result } from '../../analysis/leaderboards/results.ts';
import { type Published, inTime } from '../../analysis/leaderboards/same-data.ts';
import { isCompleted } from '../../analysis/summary/rows.ts';
import { plural } from '../../base/plural.ts';
import { type Cell, emptyCell, estimateCell } from '../cell.ts';
import { formatRatio } from '../format.ts';
import { methodsOf } from '../page/environment-view.ts';
import { anchorsOf } from '../cards/anchors.ts';
import { ownSettings, sharedSettings } from '../setting-text.ts';
import { addressOf, reportPath } from './addresses.ts';
import { dayOf } from './published.ts';

/** One method in all recordings, those of the same data together, as method.hbs reads it. */
export interface HistoryView {
  readonly method: string;
  readonly title: string;
  readonly cite: string;
  readonly url: string | undefined;
  readonly idea: string;
  readonly family: string;
  readonly formula: string | undefined;
  readonly departures: readonly { readonly what: string; readonly why: string }[] | undefined;
  /** Its card in the newest report that has one: sizes, bytes by kind, options. */
  readonly card: string | undefined;
  readonly data: readonly {
    readonly id: string;
    readonly heading: string;
    readonly fingerprint: string;
    readonly shared: string;
    readonly budgets: readonly string[];
    /** The oldest first. */
    readonly rows: readonly {
      readonly day: string;
      readonly name: string;
      readonly href: string;
      /** The method with the options in which it differs from other variants. */
      readonly label: string;
      readonly setting: string;
      readonly cells: readonly (Cell & { readonly meaning: string })[];
    }[];
  }[];
  /** Recordings that timed it on random ids. */
  readonly timed: readonly { readonly day: string; readonly name: string; readonly href: string }[];
}

/** Links in the page go one folder up. */
export const up = '../';

export function historyView(
  method: string,
  groups: readonly DataResults[],
  headings: readonly string[],
  published: readonly Published[],
): HistoryView {
  const known = inTime(published)
    .flatMap(({ recording }) => methodsOf(recording))
    .findLast(({ name }) => name === method);
  const described = inTime(published)
    .flatMap(({ recording: { environment } }) => environment.methods?.[method] ?? [])
    .findLast(({ idea }) => idea !== undefined);
  const newest = inTime(published).findLast(({ recording: { runs } }) => runs.some((run) => run.method === method)); // prettier-ignore
  return {
    method,
    title: known?.title ?? '',
    cite: known?.cite ?? '',
    url: known?.url,
    idea: described?.idea ?? '',
    family: described?.family ?? '',
    formula: described?.formula,
    departures: described?.departures,
    card: newest && cardAddress(method, newest),
    data: groups.flatMap((same, i) =>
      dataHistory(method, same, { id: `data-${i + 1}`, heading: headings[i] }),
    ),
    timed: inTime(published)
      .filter(({ recording: { throughput = [] } }) =>
        throughput.some((record) => record.kind === 'method' && record.method === method),
      )
      .map(linkTo),
  };
}

function dataHistory(
  method: string,
  same: DataResults,
  place: { readonly id: string; readonly heading: string },
): HistoryView['data'] {
  const history = historyOf(method, same);
  if (history === undefined) return [];
  const { data, settings } = same;
  const rows = history.lines.map(({ first, results }) => ({
    ...linkTo(first.published),
    label: first.row.series.label,
    setting: ownSettings(settings, first.setting),
    cells: results.map(cellAt),
  }));
  const budgets = history.budgets.map(formatRatio);
  return [{ ...place, fingerprint: data.fingerprint, shared: sharedSettings(settings), budgets, rows }];
}

function cellAt(result: Result | undefined): Cell & { meaning: string } {
  if (result === undefined) return { ...emptyCell, text: '', meaning: '' };
  const { row } = result;
  if (!isCompleted(row)) return { ...emptyCell, text: row.status, meaning: row.error };
  return { ...estimateCell(row.estimates.auc), meaning: `mean over ${plural(row.runs.length, 'seed')}` };
}

function linkTo(published: Published) {
  return {
    day: dayOf(published),
    name: published.folder,
    href: addressOf(reportPath(published), up),
  };
}

/** The card of a method in a report. */
function cardAddress(method: string, published: Published): string | undefined {
  const { runs, throughput = [] } = published.recording;
  const timed = throughput.flatMap((record) => (record.kind === 'method' ? [record.method] : []));
  const anchor = anchorsOf([...runs.map((run) => run.method), ...timed]).get(method);
  return anchor && `${addressOf(reportPath(published), up)}#${anchor}`;
}
