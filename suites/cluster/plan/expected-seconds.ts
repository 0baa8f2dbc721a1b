import { canonicalJson } from '../../../base/canonical-json.ts';
import type { RunRecord } from '../../../results/record.ts';
import { networkText } from '../../find-model.ts';
import type { Job } from '../../job.ts';

/**
 * The seconds of a run, from runs of the same method with the same settings: the slowest of those at its ratio, or else of those at any other. Time
 * grows with training rows; larger tables take more, which is left to the caller's margin. Undefined if no run tells.
 */
export function expectedSeconds(
  { modelOptions, compression, ...job }: Job,
  records: readonly RunRecord[],
  rows: number,
): number | undefined {
  const settings = { ...job, id: undefined, seed: undefined, learningRate: undefined };
  const wanted = canonicalJson({ ...settings, network: networkText(job.model, modelOptions) });
  const names = [...Object.keys(settings), 'network'] as (keyof RunRecord)[];
  const alike = records.filter(
    (record) =>
      record.status === 'completed' &&
      record.reference === job.reference &&
      canonicalJson(
        Object.fromEntries(names.map((name) => [name, name in ignored ? undefined : record[name]])),
      ) === wanted,
  );
  const atRatio = alike.filter((record) => record.compression.requested === compression);
  const times = (atRatio.length > 0 ? atRatio : alike).map(
    ({ seconds, dataset }) => (seconds * rows) / dataset.rows.train,
  );
  return times.length > 0 ? Math.max(...times) : undefined;
}

const ignored = { id: true, seed: true, learningRate: true };
