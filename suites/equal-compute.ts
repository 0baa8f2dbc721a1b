import { choosingSeed } from '../analysis/comparisons/chosen-rate.ts';
import { passesOf } from '../analysis/summary/passes.ts';
import type { RunRecord } from '../results/record.ts';
import { expand, type Job } from './job.ts';
import type { ComparisonSettings } from './settings.ts';

/** Stages end at whole batches: a method that took 2.02 passes took two. */
const slack = 0.05;

/**
 * The jobs that train the uncompressed table on as many samples as the costliest method saw, in whole epochs; validation picks the
 * epoch that is scored, as always. None if no method saw more than the run's epochs.
 */
export function equalComputeJobs(
  settings: ComparisonSettings,
  records: readonly RunRecord[],
  dataFingerprint: string,
): Job[] {
  const passes = records.flatMap((run) =>
    run.status === 'completed' && run.reference === undefined && run.seed !== choosingSeed
      ? (passesOf(run) ?? [])
      : [],
  );
  const epochs = Math.ceil(Math.max(0, ...passes) - slack);
  if (epochs <= settings.epochs) return [];
  return expand(
    {
      ...{ ...settings, epochs, reference: 'equal-compute' },
      ...{ methods: [{ name: 'full', options: {} }], baseline: false },
    },
    dataFingerprint,
  );
}
