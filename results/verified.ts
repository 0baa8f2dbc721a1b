import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { count, share } from './quantities.ts';
import { openRecordFile, readRecords } from './record-file.ts';

/**
 * A line of verified.jsonl: a run of a published recording that a maintainer has run again, with the same settings and seed.
 * Contributed folders may not bring such a file.
 */
export const verifiedRun = z.object({
  /** The id of the run. */
  id: z.string(),
  /** Hardware that it was run again on, as `machineText` writes it. */
  machine: z.string(),
  /** Commit of the code that ran it; null if unknown. */
  commit: z.string().nullable(),
  at: z.iso.datetime(),
  /** The seed that the runs were drawn with. */
  sampleSeed: count,
  /** Test AUC of this time. */
  auc: share,
  /** All numbers but times and memory were the recorded ones, to the last bit. */
  same: z.boolean(),
});
export type VerifiedRun = z.infer<typeof verifiedRun>;

const format = { schema: verifiedRun, kind: 'verified run' };
export const verifiedName = 'verified.jsonl';
const fileIn = (directory: string) => join(directory, verifiedName);

/** The latest line of every run that was run again; none without a file. */
export const readVerified = (directory: string): VerifiedRun[] => readRecords(fileIn(directory), format);

export const hasVerified = (directory: string) => existsSync(fileIn(directory));

export function appendVerified(directory: string, runs: readonly VerifiedRun[]): void {
  const file = openRecordFile(fileIn(directory), format);
  try {
    for (const run of runs) file.append(run);
  } finally {
    file.close();
  }
}
