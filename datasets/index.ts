/** The data sets that exist; the first one is used if none is named. */
import { criteo } from './criteo/index.ts';
import { criteoTerabyte } from './criteo/terabyte/index.ts';
import type { DatasetSpec } from './dataset.ts';
import { planted } from './planted/index.ts';
import { presets } from './published/index.ts';
import { table } from './table/index.ts';

export type { DatasetSpec } from './dataset.ts';
export { type DatasetRequest, openDataset, openVocabulary, type Progress, rawLog } from './open-dataset.ts';
export type { RawCell, RawRow, Vocabulary } from './prepared/vocabulary.ts';
export type { DataFacts } from './prepared/facts.ts';
export { recordedFacts } from './prepared/recorded-facts.ts';
/** True for a published log that the table's readers read: its options are files alone. */
export const isPreset = (name: string): boolean => presets.some((preset) => preset.name === name);

export { type Published, unlikePublished } from './published/published.ts';
export { denseTransforms } from './raw-rows.ts';
export { copyPrepared, sealOfPrepared } from './prepared/copy.ts';
export type { PreparedData } from './prepared/read.ts';
export {
  defaultIdsPerToken,
  defaultSettings,
  type IdOrder,
  idOrders,
  type PrepareSettings,
} from './prepared/settings.ts';

export const datasets: readonly DatasetSpec[] = [planted, criteo, criteoTerabyte, table, ...presets];
