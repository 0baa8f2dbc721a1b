/** The reader of exported models, `embed-bench/reader`: it loads neither tfjs nor the rest of the project. */
export { type OpenModel, openModel } from './open-model.ts';
export { largestDifference } from './check-samples.ts';
export type { EncodedRows } from './raw-rows.ts';
export type { Manifest, RawCell, RawRow } from '../program/manifest.ts';
