import type { CompletedRun, Stage } from '../results/record.ts';
import { formatCount, formatFixed } from './format.ts';
import { type Estimate, median, medianAbsoluteDeviation } from './statistics.ts';

/** Seconds of all stages together, median ± MAD over the runs that say; undefined where none does. */
export function trainingSeconds(runs: readonly CompletedRun[]): Estimate | undefined {
  const totals = runs.flatMap(({ stages }) =>
    stages === undefined ? [] : [stages.reduce((sum, { seconds }) => sum + seconds, 0)],
  );
  if (totals.length === 0) return undefined;
  return { value: median(totals), error: medianAbsoluteDeviation(totals), count: totals.length };
}

interface Timed {
  readonly trainSeconds: Estimate | undefined;
}

/** Of the rows of one comparison: times the baseline's seconds; undefined where either is not known. */
export function timesFull(row: Timed, full: Timed | undefined): number | undefined {
  return row.trainSeconds && full?.trainSeconds
    ? row.trainSeconds.value / full.trainSeconds.value
    : undefined;
}

/** `search 40.5 s (391 steps), training 81.0 s (782 steps)`, of the first run that says; empty where none does. */
export function stagesText(runs: readonly CompletedRun[]): string {
  const stages = runs.find((run) => run.stages !== undefined)?.stages ?? [];
  return stages.map(stageText).join(', ');
}

function stageText({ name, seconds, steps }: Stage): string {
  return `${name} ${secondsText(seconds)}${steps > 0 ? ` (${formatCount(steps)} steps)` : ''}`;
}

export function secondsText(seconds: number): string {
  return `${seconds < 100 ? formatFixed(seconds, 1) : formatCount(seconds)} s`;
}
