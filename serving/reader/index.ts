/** The reader of exported models and of compressed tables, `embed-bench/reader`: it loads neither tfjs nor the rest of the project. */
export { type OpenModel, openModel } from './open-model.ts';
export { type OpenTables, openTables } from './open-tables.ts';
export { largestDifference } from './check-samples.ts';
export type { EncodedRows } from './raw-rows.ts';
export type { Manifest, RawCell, RawRow } from '../program/manifest.ts';
export type { TablesManifest } from '../program/tables-manifest.ts';
