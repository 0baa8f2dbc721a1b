import fs from 'node:fs';
import { join } from 'node:path';
import { readValues } from './file-bytes.ts';
import { denseFile } from './layout.ts';
import type { ColumnFileRecord } from './manifest.ts';
import type { WorkDirectory } from './work-directory.ts';

const chunkRows = 1 << 15;

/** Mean and standard deviation of a column over the training part, without missing values. */
export interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Rewrites the dense file: columns that are to be standardized become (x - mean) / deviation, with mean and deviation of the
 * training rows, which come first; a missing value becomes 0, which is the mean. A column of one value is divided by 1. Three
 * passes over the file. Returns the moments by column (undefined for the others) and the new checksum.
 */
export function standardize(
  work: WorkDirectory,
  standard: readonly boolean[],
  { rows, train }: { readonly rows: number; readonly train: number },
): { readonly moments: readonly (Moments | undefined)[]; readonly file: ColumnFileRecord } {
  const width = standard.length;
  const fd = fs.openSync(join(work.path, denseFile), 'r');
  const written = work.writer(`${denseFile}.standard`);
  const chunk = new Float32Array(Math.min(chunkRows, rows) * width);
  /** Calls with every chunk of the first rows; a chunk may be changed. */
  const read = (count: number, visit: (values: Float32Array) => void) => {
    for (let first = 0; first < count; first += chunkRows) {
      const values = chunk.subarray(0, Math.min(chunkRows, count - first) * width);
      readValues({ fd, path: join(work.path, denseFile) }, values, first * width * 4, {
        advice: 'prepare the data again',
      });
      visit(values);
    }
  };
  /** Sum over the present training values of a column, and their number. */
  const sumOf = (term: (x: number, column: number) => number) => {
    const [sums, counts] = [new Float64Array(width), new Float64Array(width)];
    read(train, (values) => {
      for (let at = 0; at < values.length; at++) {
        if (!standard[at % width] || Number.isNaN(values[at])) continue;
        sums[at % width] += term(values[at], at % width);
        counts[at % width]++;
      }
    });
    return sums.map((sum, column) => (counts[column] > 0 ? sum / counts[column] : 0));
  };
  try {
    const means = sumOf((x) => x);
    const variances = sumOf((x, column) => (x - means[column]) ** 2);
    const deviations = variances.map((variance) => Math.sqrt(variance) || 1);
    read(rows, (values) => {
      for (let at = 0; at < values.length; at++) {
        const column = at % width;
        if (!standard[column]) continue;
        values[at] = Number.isNaN(values[at]) ? 0 : (values[at] - means[column]) / deviations[column];
      }
      written.append(values);
    });
    const digest = written.finish();
    fs.renameSync(join(work.path, `${denseFile}.standard`), join(work.path, denseFile));
    return {
      moments: standard.map((is, column) =>
        is ? { mean: means[column], deviation: deviations[column] } : undefined,
      ),
      file: { name: denseFile, digest },
    };
  } finally {
    fs.closeSync(fd);
  }
}
