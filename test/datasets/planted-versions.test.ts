import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openDataset, datasets, defaultSettings } from '../../datasets/index.ts';
import { plantedSettings } from '../../datasets/planted/settings.ts';
import { plantedSource } from '../../datasets/planted/source.ts';
import type { RawBlock } from '../../datasets/raw-rows.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A digest of all numbers of a log, by block and column. */
function digest(given: object): string {
  const hash = createHash('sha256');
  for (const block of plantedSource(plantedSettings.parse(given)).blocks() as Iterable<RawBlock>) {
    hash.update(block.labels.subarray(0, block.size));
    const columns = [...block.dense, ...block.tokens, block.probabilities!];
    for (const { buffer } of columns) hash.update(new Uint8Array(buffer, 0, 4 * block.size));
  }
  return hash.digest('hex');
}

test('version 1 makes the rows that it made when it was the only one', () => {
  expect(digest({ version: 1, rows: 20_000 })).toBe(
    'ab82bab45adb282963e5b29fd6309177cef5ae503725fc552da564472cb23d3e',
  );
  expect(digest({ version: 1, rows: 5000, seed: 7, scale: 0.01, bestAuc: 0.75 })).toBe(
    '46ed99444f73788bafb12a5683e3eb750ebe8d5c9b7e3bc5bc5f7712fd30084b',
  );
});

test('version 1 keeps its name in records and its fingerprint', async () => {
  const planted = datasets.find(({ name }) => name === 'planted')!;
  const cache = mkdtempSync(join(tmpdir(), 'planted-'));
  const data = await openDataset(planted, { ...defaultSettings, cache, options: { rows: 2000, version: 1 } });
  expect(data.facts.origin).toBe('planted');
  expect(data.fingerprint).toBe('1af6e7f780707dfe40f37ae6cb968eee2e67e1b91fd9ff88d887920e862e3074');
  data.close();
});

test('version 2 is the default, and records say so', async () => {
  const planted = datasets.find(({ name }) => name === 'planted')!;
  const cache = mkdtempSync(join(tmpdir(), 'planted-'));
  const data = await openDataset(planted, { ...defaultSettings, cache, options: { rows: 2000 } });
  expect(data.facts.origin).toBe('planted, version 2');
  data.close();
});
