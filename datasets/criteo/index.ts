/** The data set `criteo`: the train file of the Criteo Display Advertising Challenge, as downloaded. */
import { z } from 'zod';
import { tableOptions } from '../table/options.ts';
import { UserError } from '../../base/user-error.ts';
import type { DatasetSpec } from '../dataset.ts';
import { checkedSource, logCheck } from '../published/checked-source.ts';
import type { Published } from '../published/published.ts';
import { boundedIds, maxIdsPerField } from './bounded-ids.ts';
import { refuseOtherFormat } from './refuse-other-format.ts';
import { criteoSource } from './criteo-source.ts';
import { textFile } from '../text/text-file.ts';

const options = z.strictObject({
  data: tableOptions.shape.data,
  maxIdsPerField,
  maxBadLines: z.int().min(0).default(0).describe('malformed lines to leave out before giving up'),
});

/** Rows are published; clicks are the sum of those of the parts of criteo-x4, and of criteo-x1, which are all of its rows. */
const published: Published = {
  parts: { train: { rows: 45_840_617, clicks: 11_745_438 } },
  source: 'rows of the data set, clicks of the logs of BARS',
};

export const criteo: DatasetSpec<typeof options> = {
  name: 'criteo',
  title: 'Criteo Display Advertising Challenge (Kaggle): 7 days, 13 integers, 26 categories',
  options,
  flags: {
    data: '--data <file>',
    maxIdsPerField: '--max-ids-per-field <n>',
    maxBadLines: '--max-bad-lines <n>',
  },
  published: [published],
  raw({ data, maxIdsPerField, maxBadLines }) {
    if (data === undefined)
      throw new UserError(
        'criteo needs its train file: --data FILE, or npm run data -- criteo FILE (datasets/criteo/README.md names the source)',
      );
    const file = textFile(data);
    refuseOtherFormat(file.path);
    return {
      key: {
        path: file.realPath,
        bytes: file.bytes,
        modifiedMs: file.modifiedMs,
        ...(maxIdsPerField !== undefined && { maxIdsPerField }),
      },
      maxBadLines,
      source: (onProgress) =>
        checkedSource(
          boundedIds(
            criteoSource(file, {
              maxBadLines,
              onRead: (bytes) => onProgress(bytes / file.bytes, `reading ${file.path}`),
            }),
            maxIdsPerField,
          ),
          logCheck([published]),
        ),
    };
  },
};
