import type { CompletedRun } from '../results/record.ts';
import type { Stage } from '../results/training-record.ts';
import { formatCount, formatFixed } from './format.ts';

/** `search 40.5 s (391 steps), training 81.0 s (782 steps)`: the stages of a run; empty if the record has none. A stage says if it could not be averaged, though that was asked for, and if another run trained it. `timed`: false to leave out the seconds. */
export function stagesText({ stages = [] }: CompletedRun, timed = true): string {
  return stages.map((stage) => stageText(stage, timed)).join(', ');
}

function stageText({ name, seconds, steps, snapshots, shared }: Stage, timed: boolean): string {
  const details = [
    ...(steps > 0 ? [`${formatCount(steps)} steps`] : []),
    ...(steps > 0 && snapshots === 0 ? ['no average of weights: steps change what rows are'] : []),
    ...(shared ? ['trained once, by another run'] : []),
  ];
  const time = timed ? ` ${secondsText(seconds)}` : '';
  return `${name}${time}${details.length > 0 ? ` (${details.join('; ')})` : ''}`;
}

export function secondsText(seconds: number): string {
  return `${seconds < 100 ? formatFixed(seconds, 1) : formatCount(seconds)} s`;
}
