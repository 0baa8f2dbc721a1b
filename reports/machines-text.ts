import type { AnalyzedRecording } from '../analysis/recording.ts';
import type { MovedRun } from '../analysis/machines/moved.ts';
import { seriesKey } from '../analysis/comparisons/series-key.ts';
import { plural } from '../base/plural.ts';
import { formatFixed, formatRatio } from './format.ts';

type Known = Pick<AnalyzedRecording, 'machines' | 'moved' | 'series'>;

/** Differences between machines are far below those between methods. */
const digits = 6;

/** A sentence on whose speeds are shown; empty if one kind of machine made all runs. */
export function timedText({ machines: { runsOf, timed } }: Pick<AnalyzedRecording, 'machines'>): string {
  if (runsOf.size < 2) return '';
  return `Times and speeds are of the ${plural(runsOf.get(timed) ?? 0, 'run')} on ${timed} alone.`;
}

/** Sentences that a reader must know if several kinds of machines made the runs; empty if one did. */
export function machinesText(known: Known): string {
  const { runsOf } = known.machines;
  if (runsOf.size < 2) return '';
  return [
    `${runsOf.size} kinds of machines made these runs.`,
    'Quality is of all of them: rounding differs between processors, so that the same seed may differ in the last digits there.',
    movedText(known),
    timedText(known),
  ].join(' ');
}

/** The largest difference of AUC between machines, beside the noise of seeds. */
export function movedText({ moved, series }: Pick<Known, 'moved' | 'series'>): string {
  const [largest] = moved;
  if (largest === undefined) return 'By how much is not known: no run was made on two of them.';
  const { difference, seeds } = largest;
  const beside =
    seeds === undefined
      ? 'there is one seed of it'
      : `its ${seeds.count} seeds have a standard deviation of ${formatFixed(seeds.deviation, digits)}`;
  const many = moved.length === 1 ? '' : ` (the most of ${moved.length} runs that were made again)`;
  const moves =
    difference === 0
      ? 'is the same on all of them to the last digit'
      : `moved by ${difference < 1e-6 ? difference.toExponential(1) : formatMoved(difference)} between them`;
  return `Test AUC of ${movedTitle(largest, series)} ${moves}${many}; ${beside}.`;
}

/** `full 1x seed 1` */
export function movedTitle({ run }: MovedRun, series: Known['series']): string {
  const label = series.get(seriesKey(run))?.label ?? run.method;
  const of = run.reference === undefined ? label : `${run.reference} (${label})`;
  return `${of} ${formatRatio(run.compression.requested)} seed ${run.seed}`;
}

export const formatMoved = (value: number) => formatFixed(value, digits);
