import { secondsSaved, sharedTrainings } from '../../analysis/summary/shared-trainings.ts';
import { plural } from '../../base/plural.ts';
import { sum } from '../../base/sum.ts';
import type { RunRecord } from '../../results/record.ts';
import { duration } from '../terminal/duration.ts';

/** A line of what was trained once for several runs; none if nothing was. */
export function sharedLine(records: readonly RunRecord[]): string[] {
  const trainings = sharedTrainings(records);
  if (trainings.length === 0) return [];
  const runs = sum(trainings.map(({ sharers }) => sharers.length));
  return [
    `shared: ${plural(runs, 'run')} began with ${plural(trainings.length, 'training')} of others, bit by bit: ${savedText(secondsSaved(trainings))} of training saved`,
  ];
}

/** Short trainings are parts of a second. */
const savedText = (seconds: number) => (seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds));
