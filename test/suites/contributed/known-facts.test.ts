import { expect, test } from 'vitest';
import { openCached } from '../../../datasets/prepared/cache.ts';
import { recordedFacts } from '../../../datasets/prepared/recorded-facts.ts';
import { defaultSettings, type PrepareSettings } from '../../../datasets/prepared/settings.ts';
import { factProblems } from '../../../suites/contributed/known-facts.ts';
import { logOf, temporaryDirectory } from '../../datasets/sample-rows.ts';

const rows = Array.from({ length: 140 }, (_, row) => (row * row) % 17);

test.each<[string, Partial<PrepareSettings>]>([
  ['as usual', {}],
  ['hashed ids', { order: 'hashed', idsPerToken: 2 }],
  ['days', { protocol: 'rolling', rolling: { days: 7, day: 5 } }],
])('facts that preparing writes are known: %s', async (_, settings) => {
  const data = await openCached({
    ...{ cache: temporaryDirectory(), dataset: 'log', key: {}, maxBadLines: 0 },
    settings: { ...defaultSettings, ...settings },
    source: () => logOf({ A: rows }),
  });
  const facts = recordedFacts(data);
  expect(Object.keys(facts)).toContain('headShares');
  expect(factProblems(JSON.parse(JSON.stringify(facts)) as Record<string, unknown>)).toEqual([]);
  expect(factProblems({ ...facts, tokens: ['a'] })).toHaveLength(1);
  expect(factProblems({ ...facts, headShares: { 4: 'a token' } })).toHaveLength(1);
  data.close();
});
