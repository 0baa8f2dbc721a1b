import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { Progress } from '../../harness/training/train.ts';
import { prepareComparison, type Preparing } from '../running/prepare-comparison.ts';
import { jobOf } from '../recomputed-job.ts';
import { runJob } from '../running/run-job.ts';
import type { ComparisonSettings } from '../settings.ts';

/** The settings of the comparison that a run was recorded in, and the folder for its model. */
export interface TrainingAgain extends Preparing {
  readonly settings: ComparisonSettings;
  /** The model is in a folder of the run's id in it. */
  readonly modelsIn: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Trains a recorded run again and keeps its model. Returns the AUC of the test part, which is bit by bit the recorded one on the same kind of processor.
 * Throws a UserError if the data or the settings are not those of the run, and if its training does not end well.
 */
export async function trainAgain(run: CompletedRun, asked: TrainingAgain): Promise<number> {
  const { settings, modelsIn, signal, onProgress, ...preparing } = asked;
  const { prepared, data } = await prepareComparison(settings, preparing);
  try {
    if (run.dataset.fingerprint !== data.fingerprint)
      throw new UserError(
        `${run.id} was trained on other data than these of ${data.name}: give the log of the recording (--data) with its options`,
      );
    const job = jobOf(run, prepared.set);
    if (job.id !== run.id)
      throw new UserError(
        `${run.id} has another id with this code and its recording's command, ${job.id}: train with --keep-model and export that`,
      );
    const notes: string[] = [];
    const assignment = { ...prepared.log, job, fingerprint: data.fingerprint, modelsIn };
    const ending = await runJob(assignment, signal, onProgress, (line) => void notes.push(line));
    if (ending.type !== 'completed')
      throw new UserError(`${run.method}, ${run.id}: ${'error' in ending ? ending.error : ending.reason}`);
    if (!existsSync(modelFolder(modelsIn, run)))
      throw new UserError(`${run.method}, ${run.id}: ${notes.join('; ')}`);
    return ending.outcome.quality.auc;
  } finally {
    data.close();
  }
}

/** The folder of a kept model. */
export const modelFolder = (modelsIn: string, { id }: Pick<CompletedRun, 'id'>): string => join(modelsIn, id);
