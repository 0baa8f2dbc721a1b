/** `embed-bench/dataset`: all that a data set needs from this project. The types are those of datasets/dataset.ts and raw-rows.ts. */
export { z } from 'zod';

export type { Plugin } from '../plugin.ts';
export type { DatasetSpec, RawLog } from '../../datasets/dataset.ts';
export * from '../../datasets/raw-rows.ts';
export * from '../../datasets/text-token.ts';
export { parts, type Part, protocols, type Protocol } from '../../harness/contract/data.ts';
export { deriveSeed, hash32, mix32 } from '../../base/hash.ts';
export { permutation, type Random, random } from '../../base/random.ts';
export { UserError } from '../../base/user-error.ts';
