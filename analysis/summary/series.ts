import { canonicalJson } from '../../base/canonical-json.ts';
import type { RunRecord } from '../../results/record.ts';
import { baseline } from '../comparisons/comparable.ts';
import { seriesKey } from '../comparisons/series-key.ts';

/** One method with one choice of options: a line in a chart, a row per budget in a table. */
export interface Series {
  readonly key: string;
  readonly method: string;
  /** The method's name, followed by the options in which its variants differ. */
  readonly label: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** There are too many series to tell apart: charts draw this one without a name. */
  readonly muted: boolean;
  /** Position among the series that are not muted, the baseline included; undefined for muted ones. */
  readonly place: number | undefined;
  /** Position of its method among the methods that are not muted; undefined for the baseline and for muted ones. */
  readonly methodPlace: number | undefined;
}

/** The part of a record that identifies its series; run and throughput records have it. */
type Varied = Pick<RunRecord, 'method' | 'options'>;

/**
 * Every series of the runs by its key (see `seriesKey`): the baseline first, then in alphabetical order. Where `highlighted`
 * is given, all other series are muted.
 */
export function seriesOf(runs: readonly Varied[], highlighted?: ReadonlySet<string>): Map<string, Series> {
  const byKey = new Map(runs.map((run) => [seriesKey(run), run]));
  const keys = [...byKey.keys()].sort((a, b) => {
    const rank = (key: string) => (byKey.get(key)!.method === baseline ? 0 : 1);
    return rank(a) - rank(b) || (a < b ? -1 : 1);
  });
  const named = keys.filter((key) => highlighted?.has(key) ?? true);
  const methods = [...new Set(named.map((key) => byKey.get(key)!.method))].filter(
    (name) => name !== baseline,
  );
  return new Map(
    keys.map((key): [string, Series] => {
      const { method, options } = byKey.get(key)!;
      const variants = keys.map((other) => byKey.get(other)!).filter((run) => run.method === method);
      const label = method + distinction(options, variants);
      const place = named.includes(key) ? named.indexOf(key) : undefined;
      // The baseline is never muted: it has a look of its own.
      const muted = place === undefined && method !== baseline;
      const methodPlace = muted || method === baseline ? undefined : methods.indexOf(method);
      return [key, { key, method, label, options, muted, place, methodPlace }];
    }),
  );
}

/** The options in which the variants of a method differ: " (temperature=0.3)", or nothing. */
function distinction(options: RunRecord['options'], variants: readonly Varied[]): string {
  const names = [...new Set(variants.flatMap((run) => Object.keys(run.options)))].sort();
  const differing = names.filter(
    (name) => new Set(variants.map((run) => canonicalJson(run.options[name]))).size > 1,
  );
  if (differing.length === 0) return '';
  return ` (${differing.map((name) => `${name}=${plain(options[name])}`).join(', ')})`;
}

function plain(value: unknown): string {
  if (value === undefined) return 'default';
  return typeof value === 'string' ? value : canonicalJson(value);
}
