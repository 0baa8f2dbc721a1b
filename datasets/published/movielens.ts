import fs from 'node:fs';
import { UserError } from '../../base/user-error.ts';
import type { DatasetSpec } from '../dataset.ts';
import { firstBytes, isParquet } from '../table/recognise.ts';
import type { WrittenSchema } from '../table/schema.ts';
import { listFiles } from '../table/list-files.ts';
import { textHead } from '../text/text-head.ts';
import { lackingText } from './find-files.ts';
import { preset } from './preset.ts';

const name = 'movielens';
const title = 'MovieLens 1m, 20m, 25m or 32m: a rating of 4 or more is a click';
const source = 'README of the edition, GroupLens';
const common = {
  label: 'rating>=4',
  time: { column: 'timestamp', form: 'number' },
} satisfies WrittenSchema;
const genres = { column: 'genres', separator: '|', missing: ['', '(no genres listed)'] };

/** Edition 1m: users have features. */
const withUsers = preset({
  name,
  title,
  schema: {
    ...common,
    separator: '::',
    header: false,
    names: ['user', 'movie', 'rating', 'timestamp'],
    categorical: ['user', 'movie'],
    side: [
      {
        file: 'users.dat',
        column: 'user',
        separator: '::',
        header: false,
        names: ['user', 'gender', 'age', 'occupation', 'zip'],
        categorical: ['gender', 'age', 'occupation', 'zip'],
      },
      {
        file: 'movies.dat',
        column: 'movie',
        separator: '::',
        header: false,
        names: ['movie', 'title', 'genres'],
        multi: [genres],
      },
    ],
  },
  files: { train: 'ratings.dat' },
  protocol: 'temporal',
  published: [{ edition: '1m', parts: { train: { rows: 1_000_209 } }, source }],
});

/** Editions from 20m on: CSV, without features of users. */
const withoutUsers = preset({
  name,
  title,
  schema: {
    ...common,
    categorical: ['userId', 'movieId'],
    side: [{ file: 'movies.csv', column: 'movieId', multi: [genres] }],
  },
  files: { train: 'ratings.csv' },
  protocol: 'temporal',
  published: [
    { edition: '20m', parts: { train: { rows: 20_000_263 } }, source },
    { edition: '25m', parts: { train: { rows: 25_000_095 } }, source },
    { edition: '32m', parts: { train: { rows: 32_000_204 } }, source },
  ],
});

/** The editions have two forms; the files tell which one it is. The year in the title of a film is left out. */
export const movielens: DatasetSpec = {
  ...withUsers,
  raw: (options) => {
    const { data } = options as { readonly data?: string };
    if (data !== undefined && isFolder(data) && !fs.readdirSync(data).some((file) => isRatings.test(file)))
      throw new UserError(lackingText(name, data, ['ratings.dat (1m) or ratings.csv (20m, 25m, 32m)']));
    return (data !== undefined && isCsv(data) ? withoutUsers : withUsers).raw(options);
  },
};

const isRatings = /^ratings\.(dat|csv|parquet|gz|zst)/;
const isFolder = (path: string) => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function isCsv(data: string): boolean {
  if (isFolder(data)) return fs.readdirSync(data).some((file) => /^ratings\.(csv|parquet)/.test(file));
  const [{ path }] = listFiles(data);
  if (isParquet(firstBytes(path, 4))) return true;
  return !Buffer.from(textHead(path).bytes.subarray(0, 256)).toString('latin1').includes('::');
}
