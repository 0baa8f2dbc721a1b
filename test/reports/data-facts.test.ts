import { expect, test } from 'vitest';
import { dataCaveats, preparationFacts } from '../../reports/page/data-facts.ts';
import { renderReport } from '../../reports/report.ts';
import { environment } from './recordings.ts';

const textOf = (page: string) =>
  page
    .replace(/<(style|script)\b.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

const field = (name: string, distinctTokens: number, more = {}) => ({
  ...{ name, distinctTokens, keptTokens: distinctTokens, cardinality: distinctTokens + 1 },
  ...{ outOfVocabulary: distinctTokens, outOfVocabularyShare: { test: 0.5, validation: 0 } },
  ...more,
});
const facts = {
  clickRate: { train: 0.37137857, validation: 0.25, test: 0.5 },
  days: { day_0: 2000, day_1: 1500 },
  fields: [
    field('user', 1910),
    field('tags', 18, { pool: 'sum', values: 9616 }),
    field('x', 5, { keptTokens: 3 }),
  ],
  headShares: { 4: 0.9333, 16: 0.87512, 64: 0.787 },
  maxIdsPerField: 40_000_000,
  published: 'not the published file: 2,999 rows, published 40,428,967',
  sides: [{ file: 'users.csv', column: 'user', rows: 780, bytes: 61_648, lacking: 2 }],
  weights: true,
  unheard: { a: 1 },
};
const textsOf = (values: Record<string, unknown>) =>
  Object.fromEntries(preparationFacts(values).map(({ name, value }) => [name, value]));

test('facts of the data are words, not JSON', () => {
  expect(textsOf(facts)).toEqual({
    'click rate': '37.14 % train, 25.00 % validation, 50.00 % test',
    'rows by day': 'day_0 2,000, day_1 1,500; 3,500 in all',
    tokens: 'of the training part: user 1,910; tags 18, the sum of 9,616 values; x 5, 3 kept',
    'lookups in training, fields weighted by their ids':
      '93.3 % go to the most frequent 1/4 of the ids, 87.5 % to 1/16, 78.7 % to 1/64',
    modulo: '40,000,000',
    published: facts.published,
    'side tables': 'users.csv: 780 rows by user, lacking for 2 lines of the log',
    rows: 'have weights',
    unheard: 'a 1',
  });
});

test('ids that are hashes of tokens stand before any number, with how many share theirs', () => {
  const hashed = {
    idsPerToken: 2,
    fields: [field('user', 1910, { sharingTokens: 700 }), field('x', 5, { sharingTokens: 0 })],
  };
  expect(textsOf(hashed)).toMatchObject({ 'ids for each training token': '2' });
  expect(dataCaveats(hashed)).toEqual([
    'Ids are hashes of tokens: serving needs no vocabulary and no keys. 700 of 1,915 training tokens share theirs with another one before any method does.',
  ]);
  expect(dataCaveats({ idsPerToken: 2, fields: 'many' })[0]).toContain('tokens that meet share an id');
});

test('a known fact of another form is shown as it is', () => {
  expect(textsOf({ fields: 'many', clickRate: { train: 0.5 }, constructor: 1 })).toEqual({
    fields: 'many',
    clickRate: 'train 0.5',
    constructor: '1',
  });
});

test('a difference from the published log, weights and shared ids stand before any number', async () => {
  expect(dataCaveats({ published: 'as published (rows, clicks)', badLines: 0 })).toEqual([]);
  const page = textOf(await renderReport({ environment: withFacts(facts), runs: [] }));
  const [before] = page.split('How to read this');
  expect(before).toContain('The data are not the published file: 2,999 rows, published 40,428,967.');
  expect(before).toContain('Rows have weights: a row counts as often as its weight');
  expect(before).toContain('Tokens are taken modulo 40,000,000: different ones share an id');
  expect(textOf(await renderReport({ environment, runs: [] }))).not.toContain('Rows have weights');
});

const withFacts = (values: Record<string, unknown>) => ({
  ...environment,
  data: { ...environment.data, facts: values },
});
