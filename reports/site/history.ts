import { formatRatio } from '../format.ts';
import { methodsOf } from '../page/environment-view.ts';
import { isCompleted } from '../summary.ts';
import { addressOf, reportPath } from './addresses.ts';
import { type Published, dayOf, inTime } from './published.ts';
import { type Cell, type DataResults, type Result, cellOf, emptyCell } from './results.ts';

/** What method.hbs reads: one method in all recordings, those of the same data together. */
export interface HistoryView {
  readonly method: string;
  readonly title: string;
  readonly cite: string;
  readonly url: string | undefined;
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
      /** With the options in which it differs from others of the method. */
      readonly label: string;
      readonly setting: string;
      readonly cells: readonly (Cell & { readonly meaning: string })[];
    }[];
  }[];
  /** Recordings that timed it on random ids. */
  readonly timed: readonly { readonly day: string; readonly name: string; readonly href: string }[];
}

/** Links in the page go one folder up. */
const up = '../';

export function historyView(
  method: string,
  groups: readonly DataResults[],
  published: readonly Published[],
): HistoryView {
  const known = inTime(published)
    .flatMap(({ recording }) => methodsOf(recording))
    .findLast(({ name }) => name === method);
  return {
    method,
    title: known?.title ?? '',
    cite: known?.cite ?? '',
    url: known?.url,
    data: groups.flatMap((same, i) => dataHistory(method, same, `data-${i + 1}`)),
    timed: inTime(published)
      .filter(({ recording: { throughput = [] } }) =>
        throughput.some((record) => record.kind === 'method' && record.method === method),
      )
      .map(linkTo),
  };
}

function dataHistory(method: string, same: DataResults, id: string): HistoryView['data'] {
  const results = same.results.filter(({ row }) => row.series.method === method);
  if (results.length === 0) return [];
  const budgets = [...new Set(results.map(({ row }) => row.requested))].sort((a, b) => a - b);
  const lines = new Map<string, Result[]>();
  for (const result of results) {
    const key = JSON.stringify([result.published.folder, result.setting, result.row.series.key]);
    lines.set(key, [...(lines.get(key) ?? []), result]);
  }
  const { data, heading, shared } = same;
  const rows = [...lines.values()].map((line) => ({
    ...linkTo(line[0].published),
    label: line[0].row.series.label,
    setting: line[0].setting,
    cells: budgets.map((requested) => cellAt(line.find(({ row }) => row.requested === requested))),
  }));
  return [{ id, heading, fingerprint: data.fingerprint, shared, budgets: budgets.map(formatRatio), rows }];
}

function cellAt(result: Result | undefined): Cell & { meaning: string } {
  if (result === undefined) return { ...emptyCell, text: '', meaning: '' };
  const { row } = result;
  if (!isCompleted(row)) return { ...emptyCell, text: row.status, meaning: row.error };
  const seeds = row.runs.length;
  return { ...cellOf(row.estimates.auc), meaning: `mean over ${seeds} seed${seeds === 1 ? '' : 's'}` };
}

function linkTo(published: Published) {
  return {
    day: dayOf(published),
    name: published.folder,
    href: addressOf(reportPath(published), up),
  };
}
