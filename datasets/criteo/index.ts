/** The data set `criteo`: the train file of the Criteo Display Advertising Challenge, as downloaded. */
import { z } from 'zod';
import { tableOptions } from '../table/options.ts';
import { UserError } from '../../base/user-error.ts';
import type { DatasetSpec } from '../dataset.ts';
import { checkedSource, logCheck } from '../published/checked-source.ts';
import type { Published } from '../published/published.ts';
import { firstBytes, isParquet, recognise } from '../table/recognise.ts';
import { textHead } from '../text/text-head.ts';
import { readLine } from './read-line.ts';
import { rowBuffer } from './row-buffer.ts';
import { criteoSource } from './criteo-source.ts';
import { textFile } from '../text/text-file.ts';

const options = z.strictObject({
  data: tableOptions.shape.data,
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
  flags: { data: '--data <file>', maxBadLines: '--max-bad-lines <n>' },
  published: [published],
  raw({ data, maxBadLines }) {
    if (data === undefined)
      throw new UserError(
        'criteo needs its train file: --data FILE, or npm run data -- criteo FILE (datasets/criteo/README.md names the source)',
      );
    const file = textFile(data);
    refuseOtherFormat(file.path);
    return {
      key: { path: file.realPath, bytes: file.bytes, modifiedMs: file.modifiedMs },
      maxBadLines,
      source: (onProgress) =>
        checkedSource(
          criteoSource(file, {
            maxBadLines,
            onRead: (bytes) => onProgress(bytes / file.bytes, `reading ${file.path}`),
          }),
          logCheck([published]),
        ),
    };
  },
};

/** Throws a UserError for a file whose first line shows that it is something else, with the command that reads it. */
function refuseOtherFormat(path: string): void {
  if (!isParquet(firstBytes(path, 4))) {
    const { bytes } = textHead(path);
    const line = Buffer.from(bytes).toString('latin1').split('\n', 1)[0].replace(/\r$/, '');
    if (readLine(line, rowBuffer(1)) === undefined) return;
  }
  const found = recognise(path);
  if (found !== undefined && !found.datasets?.includes(criteo.name))
    throw new UserError(`${path}: is ${found.what}, not Criteo's train file; read it with ${found.command}`);
}
