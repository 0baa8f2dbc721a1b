/** Published logs that the table's readers read. */
import type { DatasetSpec } from '../dataset.ts';
import { criteoX4 } from './criteo-x4.ts';
import { kdd12 } from './kdd12.ts';
import { movielens } from './movielens.ts';

export const presets: readonly DatasetSpec[] = [criteoX4, movielens, kdd12];
