/** The data sets that exist. */
import { UserError } from '../base/user-error.ts';
import { criteo } from './criteo/index.ts';
import { type DatasetRequest, type DatasetSpec, fieldProgress, firstPassProgress } from './dataset.ts';
import { plantedSettings, plantedSource } from './planted/index.ts';
import { openCached } from './prepared/cache.ts';
import type { PreparedData } from './prepared/read.ts';
import { settingsOf } from './prepared/settings.ts';

export type { DatasetRequest, DatasetSpec, Progress } from './dataset.ts';
export type { DataFacts } from './prepared/facts.ts';
export type { PreparedData } from './prepared/read.ts';
export { defaultSettings, type IdOrder, idOrders, type PrepareSettings } from './prepared/settings.ts';

/** Part of the cache key: raised when the generator makes other rows from the same settings. */
const plantedVersion = 1;

const planted: DatasetSpec = {
  name: 'planted',
  title: "synthetic clicks in Criteo's columns, with known true click probabilities",
  needsData: false,
  open: openPlanted,
};

export const datasets: readonly DatasetSpec[] = [planted, criteo];

async function openPlanted(request: DatasetRequest): Promise<PreparedData> {
  const { data, rows, seed, scale, cache, verifiedSeal, goneHosts, onMessage, onProgress } = request;
  if (data !== undefined)
    throw new UserError(`planted takes no --data: to read ${data}, add --dataset criteo`);
  const parsed = plantedSettings.safeParse({ rows, seed, scale });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`planted: ${issue.path.join('.')}: ${issue.message}`);
  }
  const settings = parsed.data;
  return openCached({
    cache,
    dataset: 'planted',
    key: { ...settings, version: plantedVersion },
    settings: settingsOf(request),
    maxBadLines: 0,
    verifiedSeal,
    goneHosts,
    source: () => plantedSource(settings),
    progress: {
      rows: (done) =>
        onProgress?.({
          fraction: firstPassProgress(done / settings.rows),
          message: 'generating planted clicks',
        }),
      fields: (done, of) => onProgress?.(fieldProgress(done, of)),
    },
    onMessage,
  });
}
