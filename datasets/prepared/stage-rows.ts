import fs from 'node:fs';
import { join } from 'node:path';
import { type DenseColumn, type RawBlock, type RawSource, wordsOf } from '../raw-rows.ts';
import type { Protocol } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { type BucketColumn, bucketTokens, denseRows, type NumberColumn } from './dense.ts';
import {
  denseFile,
  labelsFile,
  partsFile,
  probabilitiesFile,
  timesFile,
  tokensFile,
  weightsFile,
} from './layout.ts';
import type { ColumnFileRecord } from './manifest.ts';
import type { RowFacts } from './split-parts.ts';
import type { WorkDirectory } from './work-directory.ts';

export interface Staged {
  readonly rows: number;
  /** True for each optional column that exists. */
  readonly probabilities: boolean;
  readonly weights: boolean;
  /** Every row-wise file, in the order of the log: labels, dense features, probabilities, weights. */
  readonly files: readonly ColumnFileRecord[];
  /** Checksum of the tokens file of each field, and of each column of buckets. */
  readonly tokens: readonly string[];
  /** Times and given parts of the rows, as far as the protocol asks for them. They are read and forgotten. */
  facts(): RowFacts;
}

/**
 * First pass: the source once through, block by block, into files in the order of the log. Labels, dense features,
 * probabilities and weights are final unless the split regroups rows; tokens wait, one file per field, until the training part is
 * known. Memory: one block.
 */
export async function stageRows(
  source: RawSource,
  work: WorkDirectory,
  columns: { readonly numbers: readonly NumberColumn[]; readonly buckets: readonly BucketColumn[] },
  protocol: Protocol,
  onRows: (rows: number) => void,
): Promise<Staged> {
  const labels = work.writer(labelsFile);
  const dense = work.writer(denseFile);
  const words = source.fields.map(({ kind }) => wordsOf[kind]);
  const tokens = source.fields.map(({ name }) => work.writer(tokensFile(name)));
  const probabilities = optionalColumn(work, probabilitiesFile, ({ probabilities }) => probabilities);
  const weights = optionalColumn(work, weightsFile, ({ weights }) => weights);
  const byTime = protocol === 'temporal' || protocol === 'rolling';
  const times = optionalColumn(work, timesFile, ({ times }) => (byTime ? times : undefined));
  const parts = optionalColumn(work, partsFile, ({ parts }) => (protocol === 'given' ? parts : undefined));
  const buckets = columns.buckets.map(({ name }) => work.writer(tokensFile(name)));
  let bucketed = new Uint32Array(0);
  let floats = new Float32Array(0);
  let rows = 0;
  for await (const block of source.blocks()) {
    requireFit(block, source, words);
    const cells = block.size * columns.numbers.length;
    if (floats.length < cells) floats = new Float32Array(cells);
    requireFinite(block, source.dense, rows);
    denseRows(block.dense, block.size, columns.numbers, floats);
    dense.append(floats.subarray(0, cells));
    labels.append(block.labels.subarray(0, block.size));
    tokens.forEach((writer, f) => writer.append(block.tokens[f].subarray(0, block.size * words[f])));
    if (bucketed.length < block.size) bucketed = new Uint32Array(block.size);
    columns.buckets.forEach(({ at }, i) => {
      bucketTokens(block.dense[at], block.size, bucketed);
      buckets[i].append(bucketed.subarray(0, block.size));
    });
    if (block.weights) requireWeights(block.weights, block.size, rows);
    probabilities.append(block, rows);
    weights.append(block, rows);
    if (byTime && block.times) requireTimes(block.times, block.size, rows);
    times.append(block, rows);
    parts.append(block, rows);
    rows += block.size;
    onRows(rows);
  }
  const files = [
    { name: labelsFile, digest: labels.finish() },
    { name: denseFile, digest: dense.finish() },
    ...probabilities.finish(),
    ...weights.finish(),
  ];
  const [timed, parted] = [times.finish().length > 0, parts.finish().length > 0];
  const tokenDigests = [...tokens, ...buckets].map((writer) => writer.finish());
  const there = (name: string) => files.some((file) => file.name === name);
  return {
    rows,
    probabilities: there(probabilitiesFile),
    weights: there(weightsFile),
    files,
    tokens: tokenDigests,
    facts: () => ({
      ...(timed && { times: new Float64Array(taken(work, timesFile, 8 * rows)) }),
      ...(parted && { parts: new Uint8Array(taken(work, partsFile, rows)) }),
    }),
  };
}

/** The content of a file of the work directory, which is removed. */
function taken(work: WorkDirectory, name: string, size: number): ArrayBuffer {
  const path = join(work.path, name);
  const bytes = new Uint8Array(size);
  const fd = fs.openSync(path, 'r');
  try {
    for (let done = 0; done < size;) {
      const read = fs.readSync(fd, bytes, done, Math.min(size - done, 1 << 28), done);
      if (read === 0) throw new UserError(`${path}: ${done} bytes, expected ${size}; prepare the data again`);
      done += read;
    }
  } finally {
    fs.closeSync(fd);
  }
  fs.rmSync(path);
  return bytes.buffer;
}

/** A column that a source has for all rows or for none: the first block decides. */
function optionalColumn(
  work: WorkDirectory,
  name: string,
  valuesOf: (block: RawBlock) => Float32Array | Float64Array | Uint8Array | undefined,
) {
  let writer: ReturnType<WorkDirectory['writer']> | undefined;
  return {
    append(block: RawBlock, rowsBefore: number): void {
      const values = valuesOf(block);
      if (rowsBefore === 0 && values) writer = work.writer(name);
      if ((writer === undefined) !== (values === undefined))
        throw new Error(`${name}: some blocks have this column and others have not`);
      if (values) writer!.append(values.subarray(0, block.size));
    },
    finish: (): ColumnFileRecord[] => (writer ? [{ name, digest: writer.finish() }] : []),
  };
}

/** Throws for a block whose arrays are shorter than its rows: a defect of the source, which would leave old values in their place. */
function requireFit(block: RawBlock, source: RawSource, words: readonly number[]): void {
  const { size, labels, dense, tokens, weights, probabilities, times, parts } = block;
  const lengths: [string, number | undefined, number][] = [
    ['labels', labels.length, size],
    ['weights', weights?.length, size],
    ['probabilities', probabilities?.length, size],
    ['times', times?.length, size],
    ['parts', parts?.length, size],
    ...source.dense.map(({ name }, f): [string, number, number] => [name, dense[f]?.length ?? 0, size]),
    ...source.fields.map(({ name }, f): [string, number, number] => [
      name,
      tokens[f]?.length ?? 0,
      size * words[f],
    ]),
  ];
  for (const [name, found, wanted] of lengths)
    if (found !== undefined && found < wanted)
      throw new Error(`${name}: ${found} values in a block of ${size} rows, which takes ${wanted}`);
  source.dense.forEach(({ name, kind }, f) => {
    if ((kind === 'float') !== dense[f] instanceof Float32Array)
      throw new Error(`${name}: the values of a column of kind ${kind} have another type`);
  });
}

/** Throws a UserError for an infinite value of a column of floats. NaN is a missing value. */
function requireFinite(block: RawBlock, columns: readonly DenseColumn[], rowsBefore: number): void {
  columns.forEach(({ name, kind }, f) => {
    if (kind !== 'float') return;
    const values = block.dense[f];
    for (let row = 0; row < block.size; row++)
      if (Math.abs(values[row]) === Infinity)
        throw new UserError(
          `row ${rowsBefore + row + 1}: ${name} is ${values[row]}; give a finite number, or none`,
        );
  });
}

function requireWeights(weights: Float32Array, size: number, rowsBefore: number): void {
  for (let row = 0; row < size; row++)
    if (!(weights[row] >= 0 && weights[row] < Infinity))
      throw new UserError(
        `row ${rowsBefore + row + 1}: its weight is ${weights[row]}; a weight is a number, 0 or more`,
      );
}

function requireTimes(times: Float64Array, size: number, rowsBefore: number): void {
  for (let row = 0; row < size; row++)
    if (!Number.isFinite(times[row]))
      throw new UserError(
        `row ${rowsBefore + row + 1}: its time is ${times[row]}; a split by time needs one of every row`,
      );
}
