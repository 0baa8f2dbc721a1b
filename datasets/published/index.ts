/** Published logs that the table's readers read. */
import type { DatasetSpec } from '../dataset.ts';
import { criteoX4 } from './criteo-x4.ts';

export const presets: readonly DatasetSpec[] = [criteoX4];
