import { sum } from '../../base/sum.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';

/** A training that several runs began with. */
export interface SharedTraining {
  /** The run that trained it: its record, where the recording has it. */
  readonly run: string;
  readonly by: CompletedRun | undefined;
  /** Seconds of the training, once. */
  readonly seconds: number;
  readonly sharers: readonly CompletedRun[];
}

/** The stages that runs took over from others, the one that saved most first. */
export function sharedTrainings(records: readonly RunRecord[]): SharedTraining[] {
  const completed = records.filter((record) => record.status === 'completed');
  const byId = new Map(completed.map((record) => [record.id, record]));
  const trainings = new Map<string, { seconds: number; sharers: CompletedRun[] }>();
  for (const record of completed)
    for (const { shared } of record.stages ?? []) {
      if (shared === undefined) continue;
      const { run, seconds } = shared;
      const training = trainings.get(run) ?? { seconds, sharers: [] };
      training.sharers.push(record);
      trainings.set(run, training);
    }
  return [...trainings]
    .map(([run, training]) => ({ run, by: byId.get(run), ...training }))
    .sort((a, b) => secondsSaved([b]) - secondsSaved([a]));
}

/** Seconds of training that were not spent. */
export function secondsSaved(trainings: readonly SharedTraining[]): number {
  return sum(trainings.map(({ seconds, sharers }) => seconds * sharers.length));
}
