import type { RunRecord } from '../results/record.ts';
import { baseline } from '../results/comparable.ts';
import { canonical, seriesKey } from '../results/series-key.ts';

/** One method with one choice of options: a line in a chart, a row per budget in the table. */
export interface Series {
  readonly key: string;
  readonly method: string;
  /** The method's name, followed by the options in which its variants differ. */
  readonly label: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** CSS colour, one per method: `var(--series-3)`. */
  readonly color: string;
  /** Vega symbol, one per series: colour alone must never carry the meaning. */
  readonly shape: string;
  /** One of too many: charts draw it in grey and without its name. */
  readonly quiet: boolean;
}

/** What distinguishes a series, in whatever kind of record. */
type Varied = Pick<RunRecord, 'method' | 'options'>;

const shapes = ['square', 'triangle-up', 'diamond', 'triangle-down', 'cross', 'triangle-right'];
/** The number of --series-N colours in page/style.css: prime to the shapes, so that pairs repeat late. */
const colors = 7;

/**
 * Every series of the runs by its key (see `seriesKey`): the baseline first, then in alphabetical order. Where `named` is
 * given, the others are quiet, and colours are for the named ones alone.
 */
export function seriesOf(runs: readonly Varied[], named?: ReadonlySet<string>): Map<string, Series> {
  const byKey = new Map(runs.map((run) => [seriesKey(run), run]));
  const keys = [...byKey.keys()].sort((a, b) => {
    const rank = (key: string) => (byKey.get(key)!.method === baseline ? 0 : 1);
    return rank(a) - rank(b) || (a < b ? -1 : 1);
  });
  const shown = keys.filter((key) => named?.has(key) ?? true);
  const methods = [...new Set(shown.map((key) => byKey.get(key)!.method))].filter(
    (name) => name !== baseline,
  );
  return new Map(
    keys.map((key): [string, Series] => {
      const { method, options } = byKey.get(key)!;
      const variants = keys.map((other) => byKey.get(other)!).filter((run) => run.method === method);
      const label = method + distinction(options, variants);
      const common = { key, method, label, options };
      if (method === baseline)
        return [key, { ...common, color: 'var(--series-full)', shape: 'circle', quiet: false }];
      if (!shown.includes(key))
        return [key, { ...common, color: 'var(--series-rest)', shape: 'circle', quiet: true }];
      const color = `var(--series-${methods.indexOf(method) % colors})`;
      return [key, { ...common, color, shape: shapes[shown.indexOf(key) % shapes.length], quiet: false }];
    }),
  );
}

/** Only the options in which the variants of a method differ: " (temperature=0.3)", or nothing. */
function distinction(options: RunRecord['options'], variants: readonly Varied[]): string {
  const names = [...new Set(variants.flatMap((run) => Object.keys(run.options)))].sort();
  const differing = names.filter(
    (name) => new Set(variants.map((run) => canonical(run.options[name]))).size > 1,
  );
  if (differing.length === 0) return '';
  return ` (${differing.map((name) => `${name}=${plain(options[name])}`).join(', ')})`;
}

function plain(value: unknown): string {
  if (value === undefined) return 'default';
  return typeof value === 'string' ? value : canonical(value);
}
