/** The data set `planted`: synthetic clicks shaped like Criteo's, with a known true click probability. */
import type { DatasetSpec } from '../dataset.ts';
import { type PlantedSettings, plantedSettings } from './settings.ts';
import { plantedSource } from './source.ts';

export const planted: DatasetSpec<typeof plantedSettings> = {
  name: 'planted',
  title: "synthetic clicks in Criteo's columns, with known true click probabilities",
  options: plantedSettings,
  generated: true,
  flags: { rows: '--rows <n>', scale: '--scale <factor>', seed: '--data-seed <n>' },
  raw: (settings) => ({
    key: keyOf(settings),
    source: (onProgress) =>
      plantedSource(settings, {
        onRows: (rows) => onProgress(rows / settings.rows, 'generating planted clicks'),
      }),
  }),
};

/** The settings that decide the rows. Version 1 keeps the key that it had when it was the only one. */
function keyOf({ drift, version, ...others }: PlantedSettings) {
  return version === 1 ? { ...others, version } : { ...others, drift, version };
}
