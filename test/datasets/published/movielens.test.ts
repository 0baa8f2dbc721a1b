import fs from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { mix32 } from '../../../base/hash.ts';
import { defaultSettings, openDataset } from '../../../datasets/index.ts';
import { movielens } from '../../../datasets/published/movielens.ts';
import { parts } from '../../../harness/contract/data.ts';
import { temporaryDirectory } from '../sample-rows.ts';

const ratings = Array.from({ length: 400 }, (_, i) => [
  1 + (mix32(i) % 20),
  1 + (mix32(i + 1000) % 30),
  1 + (mix32(i + 2000) % 5),
  900_000_000 + (mix32(i + 3000) % 1_000_000), // in no order
]);
const lines = (rows: readonly (readonly unknown[])[], separator: string) =>
  rows.map((cells) => `${cells.join(separator)}\n`).join('');
const users = Array.from({ length: 20 }, (_, u) => [
  u + 1,
  'FM'[u % 2],
  [1, 18, 25][u % 3],
  u % 7,
  `0${u % 9}100`,
]);
const genres = (m: number) => ['Comedy', 'Drama|War', "Children's|Comedy|Musical"][m % 3];
const movies = Array.from({ length: 30 }, (_, m) => [m + 1, `Fête ${m} (1997)`, genres(m)]);
const csvMovies = movies.map(([id, title, genres]) => [
  id,
  `"${title}, The"`,
  id === 4 ? '(no genres listed)' : genres,
]);

const oneM = {
  'ratings.dat': lines(ratings, '::'),
  'users.dat': lines(users, '::'),
  'movies.dat': Buffer.from(lines(movies, '::'), 'latin1'),
};
const csv = {
  'ratings.csv': lines([['userId', 'movieId', 'rating', 'timestamp'], ...ratings], ','),
  'movies.csv': lines([['movieId', 'title', 'genres'], ...csvMovies], ','),
};

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(join(folder, name), content);
  return folder;
}

async function prepared(data: string) {
  const cache = join(temporaryDirectory(), 'cache');
  const found = await openDataset(movielens, { ...defaultSettings, cache, options: { data } });
  found.close();
  return found;
}

test('1m: users and movies have their features, and time decides', async () => {
  const { fields, facts, rows } = await prepared(folderOf(oneM));
  expect(fields.map(({ name, pool }) => name + (pool ?? ''))).toEqual([
    'user',
    'movie',
    'gender',
    'age',
    'occupation',
    'zip',
    'genressum',
  ]);
  expect(facts.split.order).toBe('time');
  expect(facts.sides).toMatchObject([
    { rows: 20, lacking: 0 },
    { rows: 30, lacking: 0 },
  ]);
  expect(facts.published).toBe('not the published file: 1m: 400 rows, published 1,000,209');
  // Cardinalities have the out-of-vocabulary id.
  expect(fields.map(({ cardinality }) => cardinality)).toEqual([21, 31, 3, 4, 8, 10, 6]);
  const all = parts.reduce((sum, part) => sum + rows[part], 0);
  const clicks = parts.reduce((sum, part) => sum + facts.clickRate[part] * rows[part], 0);
  expect([all, Math.round(clicks)]).toEqual([400, ratings.filter(([, , rating]) => rating >= 4).length]);
});

test('the ratings may have another name, and be packed: side tables are beside them', async () => {
  const { fingerprint } = await prepared(folderOf(oneM));
  const { 'ratings.dat': text, ...sides } = oneM;
  const folder = folderOf({ ...sides, 'part.dat.gz': zlib.gzipSync(text) });
  expect((await prepared(join(folder, 'part.dat.gz'))).fingerprint).toBe(fingerprint);
});

test('20m and later: CSV, without users', async () => {
  const folder = folderOf(csv);
  const { fields, facts } = await prepared(folder);
  expect(fields.map(({ name }) => name)).toEqual(['userId', 'movieId', 'genres']);
  expect(facts.published).toBe('not the published file: 20m: 400 rows, published 20,000,263');
  // Out of vocabulary, missing, Comedy, Drama, War, Children's, Musical.
  expect(fields[2].cardinality).toBe(7);
  expect((await prepared(join(folder, 'ratings.csv'))).facts.checksum).toBe(facts.checksum);
});

test('a side table that is not there, and no data, are said', async () => {
  const { 'users.dat': _users, ...rest } = oneM;
  expect(_users).toBeDefined();
  await expect(prepared(folderOf(rest))).rejects.toThrow(
    /users\.dat: no such file; movielens needs it in the folder of its log/,
  );
  await expect(prepared(folderOf({}))).rejects.toThrow(
    /movielens needs ratings\.dat \(1m\) or ratings\.csv \(20m, 25m, 32m\) there/,
  );
});

const real = join(import.meta.dirname, '../../../../shared/data/movielens-1m/ratings-users-1-2999.dat.gz');
test.skipIf(!fs.existsSync(real))('the real part: 487,650 ratings, all with a user and a movie', async () => {
  const { rows, facts, fields } = await prepared(real);
  expect(parts.reduce((sum, part) => sum + rows[part], 0)).toBe(487_650);
  expect(facts.sides).toMatchObject([
    { rows: 6040, lacking: 0 },
    { rows: 3883, lacking: 0 },
  ]);
  // 18 genres, 7 groups of age, 21 occupations, as the README of 1m has them.
  const byName = new Map(fields.map(({ name, cardinality }) => [name, cardinality - 1]));
  expect(['gender', 'age', 'occupation', 'genres'].map((name) => byName.get(name))).toEqual([2, 7, 21, 18]);
});
