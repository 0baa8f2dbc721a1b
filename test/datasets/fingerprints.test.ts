import { expect, test } from 'vitest';
import { mix32 } from '../../base/hash.ts';
import { openCached } from '../../datasets/prepared/cache.ts';
import { defaultSettings, type PrepareSettings } from '../../datasets/prepared/settings.ts';
import { missingInteger } from '../../datasets/raw-rows.ts';
import { criteoRows, type Row, temporaryDirectory } from './sample-rows.ts';

/** Rows in Criteo's columns, with every kind of value. */
const rows: Row[] = Array.from({ length: 2000 }, (_, row) => ({
  label: mix32(row) % 4 === 0 ? 1 : 0,
  integers: Array.from({ length: 13 }, (_, f) => {
    const drawn = mix32(13 * row + f);
    return drawn % 5 === 0 ? missingInteger : ((drawn >>> (3 * f)) % 100_000) - 2;
  }),
  tokens: Array.from({ length: 26 }, (_, f) => mix32(mix32(26 * row + f) % (3 + f * f))),
}));

/** Recordings name fingerprints: what is published stays comparable only as long as the same rows keep theirs. */
test.each<[string, Partial<PrepareSettings>, string]>([
  ['log', {}, 'f616d4ad3c58e2623ef7b395fed98e8976b38d4ac43caeb0eaac6114e3a6376c'],
  ['raw', { dense: 'raw' }, '1a2f3678ae50c858969f841b4fb2b912339bed9da78d473116f181f713eba702'],
  ['random', { protocol: 'random' }, '8680029f841e60543b851a9a9c768eefc0b592f1e6c7cd9f6bf07524760ba2ab'],
  [
    'minimum count, first seen',
    { minCount: 3, order: 'first-seen' },
    'ed4b5f7b7bdd8207b2c9e9584494717efac10979218ad39140d96b99d8d05e03',
  ],
])('the fingerprint of a log: %s', async (_, settings, fingerprint) => {
  const data = await openCached({
    cache: temporaryDirectory(),
    dataset: 'log',
    key: {},
    settings: { ...defaultSettings, ...settings },
    maxBadLines: 0,
    source: () => criteoRows(rows, 300),
  });
  expect(data.fingerprint).toBe(fingerprint);
  data.close();
});
