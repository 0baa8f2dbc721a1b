import type { CompletedRun } from '../results/record.ts';
import type { Stage } from '../results/training-record.ts';
import { formatCount, formatFixed } from './format.ts';

/** `search 40.5 s (391 steps), training 81.0 s (782 steps)`: the stages of a run; empty if the record has none. */
export function stagesText({ stages = [] }: CompletedRun): string {
  return stages.map(stageText).join(', ');
}

function stageText({ name, seconds, steps }: Stage): string {
  return `${name} ${secondsText(seconds)}${steps > 0 ? ` (${formatCount(steps)} steps)` : ''}`;
}

export function secondsText(seconds: number): string {
  return `${seconds < 100 ? formatFixed(seconds, 1) : formatCount(seconds)} s`;
}
