/** The data set `criteo`: the train file of the Criteo Display Advertising Challenge, as downloaded. */
import { UserError } from '../../base/user-error.ts';
import { type DatasetRequest, type DatasetSpec, fieldProgress, firstPassProgress } from '../dataset.ts';
import { openCached } from '../prepared/cache.ts';
import type { PreparedData } from '../prepared/read.ts';
import { settingsOf } from '../prepared/settings.ts';
import { criteoSource } from './criteo-source.ts';
import { textFile } from './text-file.ts';

export { writeTsv } from './write-tsv.ts';

export const criteo: DatasetSpec = {
  name: 'criteo',
  title: 'Criteo Display Advertising Challenge (Kaggle): 7 days, 13 integers, 26 categories',
  needsData: true,
  open,
};

async function open(request: DatasetRequest): Promise<PreparedData> {
  if (request.data === undefined) {
    throw new UserError(
      'criteo needs its train file: give --data FILE (datasets/criteo/README.md says where it comes from)',
    );
  }
  if (request.rows !== undefined)
    throw new UserError('criteo takes no --rows: that is for --dataset planted');
  const file = textFile(request.data);
  const { maxBadLines, cache, verifiedSeal, goneHosts, onMessage, onProgress } = request;
  const reading = (bytes: number) =>
    onProgress?.({ fraction: firstPassProgress(bytes / file.bytes), message: `reading ${file.path}` });
  return openCached({
    cache,
    dataset: 'criteo',
    key: { path: file.realPath, bytes: file.bytes, modifiedMs: file.modifiedMs },
    settings: settingsOf(request),
    maxBadLines,
    verifiedSeal,
    goneHosts,
    source: () => criteoSource(file, { maxBadLines, onRead: reading }),
    progress: { fields: (done, of) => onProgress?.(fieldProgress(done, of)) },
    onMessage,
  });
}
