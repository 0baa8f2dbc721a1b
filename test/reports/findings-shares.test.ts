import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultSettings, openDataset, recordedFacts } from '../../datasets/index.ts';
import { findDataset } from '../../scripts/options/dataset-options.ts';
import { isLong } from '../long.ts';
import { temporaryDirectory } from '../datasets/sample-rows.ts';

/** The shares of lookups in docs/findings.md are those of the logs. Real logs are read where they are: no row of them is published. */

const page = readFileSync(join(import.meta.dirname, '../../docs/findings.md'), 'utf8');
const real = (name: string) => join(import.meta.dirname, '../../../shared/data', name);
const million = { log: 'planted, 1,000,000 rows', name: 'planted', options: { rows: 1_000_000 } };
const logs: { log: string; name: string; data?: string; options?: object }[] = [
  { log: 'planted, few ids', name: 'planted', options: { rows: 152_433, scale: 0.0003 } },
  { log: 'planted, 152,433 rows', name: 'planted', options: { rows: 152_433 } },
  { log: 'Criteo sample', name: 'criteo', data: real('criteo/train-sample.tsv.gz') },
  { log: 'MovieLens', name: 'movielens', data: real('movielens-1m/ratings-users-1-2999.dat.gz') },
  ...(isLong ? [million] : []),
];

for (const { log, name, data, options } of logs)
  test.skipIf(data !== undefined && !existsSync(data))(log, async () => {
    const dataset = findDataset(name);
    const asked = dataset.options.parse({ ...options, ...(data && { data }) });
    const cache = temporaryDirectory();
    const found = await openDataset(dataset, { ...defaultSettings, cache, options: asked });
    found.close();
    const { headShares } = recordedFacts(found);
    for (const ratio of [16, 64])
      expect(page).toContain(`| ${log} | ${ratio}x | ${(100 * headShares[ratio]).toFixed(1)} % |`);
  });
