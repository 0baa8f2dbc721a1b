/** The data set `planted`: synthetic clicks shaped like Criteo's, with a known true click probability. */
import type { DatasetSpec } from '../dataset.ts';
import { plantedSettings } from './settings.ts';
import { plantedSource } from './source.ts';

/** A part of the cache key: raised when the generator makes other rows from the same settings. */
const version = 1;

export const planted: DatasetSpec<typeof plantedSettings> = {
  name: 'planted',
  title: "synthetic clicks in Criteo's columns, with known true click probabilities",
  options: plantedSettings,
  flags: { rows: '--rows <n>', scale: '--scale <factor>', seed: '--data-seed <n>' },
  raw: (settings) => ({
    key: { ...settings, version },
    source: (onProgress) =>
      plantedSource(settings, {
        onRows: (rows) => onProgress(rows / settings.rows, 'generating planted clicks'),
      }),
  }),
};
