import type { RunRecord } from '../results/record.ts';
import { equalComputeJobs } from './equal-compute.ts';
import type { Job } from './job.ts';
import type { ComparisonSettings } from './settings.ts';
import { nextJobs } from './target-search.ts';

/** The jobs that follow from what was recorded: further ratios of a search, or the uncompressed tables with equal compute, once. */
export function furtherJobs(
  settings: ComparisonSettings,
  records: readonly RunRecord[],
  dataFingerprint: string,
  round: number,
): Job[] {
  const { target, equalCompute } = settings;
  if (target) return nextJobs(settings, target, records, dataFingerprint);
  return equalCompute && round === 1 ? equalComputeJobs(settings, records, dataFingerprint) : [];
}
