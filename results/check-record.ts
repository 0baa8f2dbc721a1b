import { createHash } from 'node:crypto';
import { z } from 'zod';
import { scores } from './quality-record.ts';
import { share } from './quantities.ts';
import type { CompletedRun } from './record.ts';

/**
 * A line of checks.jsonl: the quality of a run of the recording that was made again on another kind of machine, with the same settings and
 * seed. It says how much rounding alone moves there; no row of a table takes it.
 */
export const checkRecord = z.object({
  /** `<run>@<machine>`, the machine in eight hexadecimal digits. */
  id: z.string(),
  /** The id of the run. */
  run: z.string(),
  /** Hardware as `machineText` writes it. */
  machine: z.string(),
  /** Scores on the test part, and the AUC of the validation part. */
  quality: z.object({ ...scores.shape, validationAuc: share }),
});
export type CheckRecord = z.infer<typeof checkRecord>;

/** The check that a run is, made on `machine`. */
export function checkOfRun({ id: run, quality }: CompletedRun, machine: string): CheckRecord {
  const { auc, logloss, accuracy, normalizedEntropy, calibration, validation } = quality;
  return {
    ...{ id: checkId(run, machine), run, machine },
    quality: { auc, logloss, accuracy, normalizedEntropy, calibration, validationAuc: validation.auc },
  };
}

/** A kind of machine in eight hexadecimal digits, for names of files. */
export const machineHash = (machine: string) =>
  createHash('sha256').update(machine).digest('hex').slice(0, 8);

export const checkId = (run: string, machine: string) => `${run}@${machineHash(machine)}`;
