import type { Comparison, Setting } from '../results/comparable.ts';
import { exactTraining, isExact } from '../results/exact-training.ts';
import type { CompletedRun } from '../results/record.ts';
import type { Series } from './series.ts';
import {
  type Estimate,
  intervalOf,
  median,
  medianAbsoluteDeviation,
  pairedDifference,
} from './statistics.ts';
import { type CompletedRow, aucBySeed, isCompleted, summarize } from './summary.ts';
import type { TestRows } from './test-rows.ts';

type Memory = NonNullable<CompletedRun['memory']['training']>;

/** A method at a budget, trained in one way. */
export interface WayRow {
  readonly setting: Setting;
  readonly row: CompletedRow;
  readonly memory: Memory;
  /** Test AUC minus that of exact training, over the seeds both have; undefined for exact training itself. */
  readonly change: Estimate | undefined;
  /** Training samples per second, times those of exact training: median over seeds ± MAD. Likewise. */
  readonly speed: { readonly median: number; readonly mad: number } | undefined;
}

/** The same method at the same budget, trained exactly (first) and otherwise. */
export interface WaysOfMethod {
  readonly series: Series;
  readonly requested: number;
  readonly ways: readonly WayRow[];
}

/**
 * Methods that were trained in several ways: with estimates of gradients, or with activations kept in fewer bits. Ways come in
 * the order exact, estimates by rank, activations by bits, both. Empty where there is nothing but exact training, or
 * where nothing was measured.
 */
export function trainingMemory(
  comparisons: readonly Comparison[],
  series: ReadonlyMap<string, Series>,
  testRows?: TestRows,
): WaysOfMethod[] {
  const found = new Map<string, { setting: Setting; row: CompletedRow }[]>();
  for (const { setting, runs } of comparisons) {
    const alike = JSON.stringify({ ...setting, ...exactTraining });
    for (const row of summarize(runs, series).filter(isCompleted)) {
      const key = JSON.stringify([alike, row.requested, row.series.key]);
      found.set(key, [...(found.get(key) ?? []), { setting, row }]);
    }
  }
  return [...found.values()]
    .filter((ways) => ways.length > 1)
    .map((ways) => {
      const sorted = ways.toSorted((a, b) => compareWays(a.setting, b.setting));
      const [{ row: first, setting }] = sorted;
      const exact = isExact(setting) ? first : undefined;
      return {
        series: first.series,
        requested: first.requested,
        ways: sorted.flatMap((way) => wayRow(way, exact, testRows)),
      };
    })
    .filter(({ ways }) => ways.length > 1);
}

function wayRow(
  { setting, row }: { setting: Setting; row: CompletedRow },
  exact: CompletedRow | undefined,
  testRows: TestRows | undefined,
): WayRow[] {
  const memory = row.runs[0].memory.training;
  if (memory === undefined) return [];
  if (exact === undefined || exact === row)
    return [{ setting, row, memory, change: undefined, speed: undefined }];
  const onRows = testRows?.difference(row.runs, exact.runs);
  const difference = onRows?.overBoth ?? pairedDifference(aucBySeed(row.runs), aucBySeed(exact.runs));
  const speeds = new Map(exact.runs.map((run) => [run.seed, run.speed.trainSamplesPerSecond.median]));
  const ratios = row.runs.flatMap(({ seed, speed }) => {
    const other = speeds.get(seed);
    return other === undefined ? [] : [speed.trainSamplesPerSecond.median / other];
  });
  return [
    {
      ...{ setting, row, memory },
      change: difference && intervalOf(difference),
      speed:
        ratios.length === 0 ? undefined : { median: median(ratios), mad: medianAbsoluteDeviation(ratios) },
    },
  ];
}

function compareWays(a: Setting, b: Setting): number {
  const place = ({ activations, gradients }: Setting) => {
    const rank = gradients === exactTraining.gradients ? 0 : Number(gradients.split(':')[1]);
    const saved = exactTraining.activations - activations;
    return [Number(rank > 0 && saved > 0), Number(saved > 0), rank, saved];
  };
  const [x, y] = [place(a), place(b)];
  const at = x.findIndex((one, i) => one !== y[i]);
  return at < 0 ? 0 : x[at] - y[at];
}
