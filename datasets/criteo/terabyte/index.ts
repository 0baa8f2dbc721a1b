/** The data set `criteo-terabyte`: 24 days of Criteo's click logs, a file each, in the columns of the challenge's train file. */
import { z } from 'zod';
import { UserError } from '../../../base/user-error.ts';
import type { DatasetSpec } from '../../dataset.ts';
import { tableOptions } from '../../table/options.ts';
import { boundedIds, maxIdsPerField } from '../bounded-ids.ts';
import { refuseOtherFormat } from '../refuse-other-format.ts';
import { dayFiles } from './day-files.ts';
import { daySource } from './day-source.ts';
import { expectedRows } from './published-days.ts';

const options = z.strictObject({
  data: tableOptions.shape.data,
  days: z.coerce
    .string()
    .optional()
    .describe('days to read: 0-23 (the default), or 0,3,6,...,21,23 for a third of them and the last'),
  maxIdsPerField,
  maxBadLines: z.int().min(0).default(0).describe('malformed lines to leave out before giving up'),
});

export const criteoTerabyte: DatasetSpec<typeof options> = {
  name: 'criteo-terabyte',
  title: 'Criteo 1TB Click Logs: 24 days, 13 integers, 26 categories',
  options,
  flags: {
    data: '--data <file>',
    days: '--days <list>',
    maxIdsPerField: '--max-ids-per-field <n>',
    maxBadLines: '--max-bad-lines <n>',
  },
  raw({ data, days, maxIdsPerField, maxBadLines }) {
    if (data === undefined)
      throw new UserError(
        'criteo-terabyte needs the folder of its days: --data FOLDER with day_0 to day_23, plain, .gz or .zst (datasets/criteo/README.md names the source)',
      );
    const files = dayFiles(data, days);
    for (const { file } of files) refuseOtherFormat(file.path);
    const total = files.reduce((sum, { file }) => sum + file.bytes, 0);
    return {
      key: Object.fromEntries([
        ...files.map(({ name, file }) => [name, `${file.realPath} ${file.bytes} ${file.modifiedMs}`]),
        ...(maxIdsPerField === undefined ? [] : [['maxIdsPerField', maxIdsPerField]]),
      ]) as Record<string, string | number>,
      maxBadLines,
      ...(files.length > 1 && { days: files.length }),
      rows: files.reduce((sum, { day, file }) => sum + expectedRows(day, file.bytes), 0),
      source: (onProgress) =>
        boundedIds(
          daySource(files, {
            maxBadLines,
            onRead: (bytes, path) => onProgress(bytes / total, `reading ${path}`),
          }),
          maxIdsPerField,
        ),
    };
  },
};
