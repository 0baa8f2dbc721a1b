import { canonicalJson } from '../../base/canonical-json.ts';
import type { Job } from '../job.ts';
import { expand } from '../job.ts';
import { referenceJobs } from '../references.ts';
import type { ComparisonSettings } from '../settings.ts';

/**
 * Tells whether a job is one that a command runs: its methods, ratios, seeds and settings, references included. Learning rates may be
 * others, because the search goes beyond its grid; so may ratios in a search for them, and epochs of equal compute.
 */
export function commandRuns(settings: ComparisonSettings, dataFingerprint: string): (job: Job) => boolean {
  const known = (references: ComparisonSettings) => [
    ...expand(settings, dataFingerprint),
    // Logs without dense features, and backends without FTRL, have fewer references.
    ...referenceJobs(references, { denseFields: ['any'], lacksRules: [] }, dataFingerprint),
  ];
  const searches = settings.target !== undefined;
  const keyOf = (job: Job) => {
    const compression = searches && job.compression > 1 ? 'searched' : job.compression;
    return canonicalJson({ ...job, compression, id: undefined, learningRate: undefined });
  };
  const keys = new Set(known(settings).map(keyOf));
  const epochsAside = (job: Job) => keyOf({ ...job, epochs: 1, reference: undefined });
  const withoutEpochs = new Set(expand(settings, dataFingerprint).map(epochsAside));
  return (job) =>
    keys.has(keyOf(job)) ||
    (settings.equalCompute === true && job.reference !== undefined && withoutEpochs.has(epochsAside(job)));
}
