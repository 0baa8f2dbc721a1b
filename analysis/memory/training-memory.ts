import { sum } from '../../base/sum.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { Setting } from '../comparisons/comparable.ts';
import { exactTraining, isExact } from '../comparisons/exact-training.ts';
import { type Estimate, median, medianAbsoluteDeviation } from '../statistics/estimates.ts';
import { type CompletedRow, type SummaryRow, isCompleted } from '../summary/rows.ts';
import type { Series } from '../summary/series.ts';
import { type AgainstNamed, type NamedVerdict, againstNamed } from '../verdicts/against.ts';
import { type Noise, type RowNoise, noiseOf } from '../verdicts/noise.ts';

type Memory = NonNullable<CompletedRun['memory']['training']>;

/** The bytes that training holds, by kind. */
const bytesOf = {
  tables: ({ tableBytes }) => tableBytes,
  state: ({ stateBytes }) => stateBytes,
  network: ({ networkBytes }) => networkBytes,
  gradients: ({ gradientBytes }) => gradientBytes,
  rows: ({ rowGradientBytes }) => rowGradientBytes,
  activations: ({ layerBytes }) => layerBytes,
  others: ({ otherBytes }) => otherBytes,
} satisfies Record<string, (measured: Memory['measured']) => number>;
export type MemoryKind = keyof typeof bytesOf;
export const memoryKinds = Object.keys(bytesOf) as MemoryKind[];

/** A method at a budget, trained exactly or with one kind of approximation. */
export interface ApproximationRow {
  readonly setting: Setting;
  readonly row: CompletedRow;
  readonly memory: Memory;
  readonly bytes: Readonly<Record<MemoryKind, number>>;
  readonly totalBytes: number;
  /** Test AUC minus that of exact training, its interval for all approximations of the method at once; undefined for exact training itself. */
  readonly change: Estimate | undefined;
  /** The verdict against exact training; undefined for exact training itself. */
  readonly verdict: NamedVerdict | undefined;
  /** Shown to be at most the margin below exact training. */
  readonly notBelow: boolean;
  /** Training samples per second, times those of exact training: median over seeds ± MAD; undefined for exact training, and without a seed that one machine trained in both ways. */
  readonly speed: { readonly median: number; readonly mad: number } | undefined;
}

/** The same method at the same budget, trained exactly (first) and with approximations. */
export interface ApproximationsOfMethod {
  readonly series: Series;
  readonly requested: number;
  readonly rows: readonly ApproximationRow[];
}

/**
 * The methods that were trained with approximations as well as exactly: with estimates of gradients, or with activations
 * stored in fewer bits. Rows come in the order exact, estimates by rank, activations by bits, both. Empty if there is
 * nothing but exact training, or where nothing was measured.
 */
export function trainingMemory(
  comparisons: readonly { readonly setting: Setting; readonly rows: readonly SummaryRow[] }[],
  { rowNoise = {}, margin }: { readonly rowNoise?: RowNoise; readonly margin: number },
): ApproximationsOfMethod[] {
  const found = new Map<string, { setting: Setting; row: CompletedRow }[]>();
  for (const { setting, rows } of comparisons) {
    const alike = JSON.stringify({ ...setting, ...exactTraining });
    for (const row of rows.filter(isCompleted)) {
      const key = JSON.stringify([alike, row.requested, row.series.key]);
      found.set(key, [...(found.get(key) ?? []), { setting, row }]);
    }
  }
  const groups = [...found.values()].filter((members) => members.length > 1);
  const noise = noiseOf(
    groups.map((members) => members.map(({ row }) => row)),
    rowNoise,
  );
  return groups
    .map((members) => {
      const sorted = members.toSorted((a, b) => compareSettings(a.setting, b.setting));
      const [{ row: first, setting }] = sorted;
      const exact = isExact(setting) ? first : undefined;
      const verdicts = verdictsOf(sorted, exact, noise, margin);
      return {
        series: first.series,
        requested: first.requested,
        rows: sorted.flatMap((member) => approximationRow(member, exact, verdicts)),
      };
    })
    .filter(({ rows }) => rows.length > 1);
}

function verdictsOf(
  members: readonly { readonly row: CompletedRow }[],
  exact: CompletedRow | undefined,
  noise: Noise,
  margin: number,
): ReadonlyMap<CompletedRow, AgainstNamed> {
  if (exact === undefined) return new Map();
  return againstNamed(members.map(({ row }) => row), exact, noise, margin); // prettier-ignore
}

function approximationRow(
  { setting, row }: { setting: Setting; row: CompletedRow },
  exact: CompletedRow | undefined,
  verdicts: ReadonlyMap<CompletedRow, AgainstNamed>,
): ApproximationRow[] {
  const memory = row.runs[0].memory.training;
  if (memory === undefined) return [];
  const bytes = Object.fromEntries(
    memoryKinds.map((kind) => [kind, bytesOf[kind](memory.measured)]),
  ) as Record<MemoryKind, number>;
  const totalBytes = sum(memoryKinds.map((kind) => bytes[kind]));
  const measured = { setting, row, memory, bytes, totalBytes };
  if (exact === undefined || exact === row)
    return [{ ...measured, change: undefined, verdict: undefined, notBelow: true, speed: undefined }];
  const { gap: change, verdict, notBelow } = verdicts.get(row)!;
  return [{ ...measured, change, verdict, notBelow, speed: speedRatio(row, exact) }];
}

function speedRatio(row: CompletedRow, exact: CompletedRow): ApproximationRow['speed'] {
  const speeds = new Map(exact.timedRuns.map((run) => [run.seed, run.speed.trainSamplesPerSecond.median]));
  const ratios = row.timedRuns.flatMap(({ seed, speed }) => {
    const other = speeds.get(seed);
    return other === undefined ? [] : [speed.trainSamplesPerSecond.median / other];
  });
  return ratios.length === 0 ? undefined : { median: median(ratios), mad: medianAbsoluteDeviation(ratios) };
}

function compareSettings(a: Setting, b: Setting): number {
  const order = ({ activations, gradients }: Setting) => {
    const rank = gradients === exactTraining.gradients ? 0 : Number(gradients.split(':')[1]);
    const saved = exactTraining.activations - activations;
    return [Number(rank > 0 && saved > 0), Number(saved > 0), rank, saved];
  };
  const [x, y] = [order(a), order(b)];
  const at = x.findIndex((value, i) => value !== y[i]);
  return at < 0 ? 0 : x[at] - y[at];
}

/** The approximation to train with: the one with the least memory of those shown to cost at most the margin; exact training among them. */
export function leastMemory({ rows }: ApproximationsOfMethod): {
  readonly chosen: ApproximationRow;
  /** The one that holds least of all, whatever it costs. */
  readonly smallest: ApproximationRow;
} {
  const smallestOf = (some: readonly ApproximationRow[]) =>
    some.reduce((a, b) => (b.totalBytes < a.totalBytes ? b : a));
  return { chosen: smallestOf(rows.filter(({ notBelow }) => notBelow)), smallest: smallestOf(rows) };
}
