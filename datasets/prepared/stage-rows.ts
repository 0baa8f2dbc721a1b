import { type RawBlock, type RawSource, wordsOf } from '../raw-rows.ts';
import { requireFinite, requireFit, requireTimes, requireWeights, valuesIn } from './check-block.ts';
import { type BucketColumn, bucketTokens, denseRows, type NumberColumn } from './dense.ts';
import {
  denseFile,
  labelsFile,
  lengthsFile,
  partsFile,
  probabilitiesFile,
  sameLineFile,
  timesFile,
  tokensFile,
  weightsFile,
} from './layout.ts';
import type { ColumnFileRecord } from './manifest.ts';
import { optionalColumn, taken } from './optional-column.ts';
import type { SplitSettings } from './settings.ts';
import { requirePlaces } from './placed-rows.ts';
import type { RowFacts } from './split-parts.ts';
import type { WorkDirectory } from './work-directory.ts';

export interface Staged {
  readonly rows: number;
  /** Days that have been read, of a log that comes in days. */
  readonly days?: readonly { readonly name: string; readonly rows: number }[];
  /** True for each optional column that exists. */
  readonly probabilities: boolean;
  readonly weights: boolean;
  /** Every row-wise file, in the order of the log: labels, dense features, probabilities, weights, lengths of lists. */
  readonly files: readonly ColumnFileRecord[];
  /** Checksum of the tokens file of each field, and of each column of buckets. */
  readonly tokens: readonly string[];
  /** Lines, times and given parts of the rows, as far as the protocol asks for them. They are read and forgotten. */
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
  settings: SplitSettings,
  onRows: (rows: number) => void,
): Promise<Staged> {
  const labels = work.writer(labelsFile);
  const dense = work.writer(denseFile);
  const words = source.fields.map(({ kind }) => wordsOf[kind]);
  const tokens = source.fields.map(({ name }) => work.writer(tokensFile(name)));
  const lengths = source.fields.map(({ name, pool }) => pool && work.writer(lengthsFile(name)));
  const probabilities = optionalColumn(work, probabilitiesFile, ({ probabilities }) => probabilities);
  const weights = optionalColumn(work, weightsFile, ({ weights }) => weights);
  const { protocol, rolling } = settings;
  const byTime = protocol === 'temporal' || protocol === 'rolling';
  /** The last day that has a part: those after it are not read. */
  const lastDay = protocol === 'rolling' && source.days ? rolling!.day : Infinity;
  const dayRows: number[] = [];
  const times = optionalColumn(work, timesFile, ({ times }) => (byTime ? times : undefined));
  const parts = optionalColumn(work, partsFile, ({ parts }) => (protocol === 'given' ? parts : undefined));
  const sameLine = optionalColumn(work, sameLineFile, ({ sameLine }) => sameLine);
  const buckets = columns.buckets.map(({ name }) => work.writer(tokensFile(name)));
  let bucketed = new Uint32Array(0);
  let floats = new Float32Array(0);
  let rows = 0;
  for await (const block of source.blocks()) {
    if (source.days && block.day! > lastDay) break;
    requireFit(block, source, words);
    const cells = block.size * columns.numbers.length;
    if (floats.length < cells) floats = new Float32Array(cells);
    requireFinite(block, source.dense, rows);
    denseRows(block.dense, block.size, columns.numbers, floats);
    dense.append(floats.subarray(0, cells));
    labels.append(block.labels.subarray(0, block.size));
    tokens.forEach((writer, f) => {
      const values = lengths[f] ? valuesIn(block, f) : block.size;
      writer.append(block.tokens[f].subarray(0, values * words[f]));
      lengths[f]?.append(block.lengths![f]!.subarray(0, block.size));
    });
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
    sameLine.append(block, rows);
    rows += block.size;
    requirePlaces(rows, settings, { inDays: source.days !== undefined, timed: byTime && !!block.times });
    if (source.days) countDay(dayRows, block);
    onRows(rows);
  }
  const files = [
    { name: labelsFile, digest: labels.finish() },
    { name: denseFile, digest: dense.finish() },
    ...probabilities.finish(),
    ...weights.finish(),
    ...source.fields.flatMap(({ name }, f) =>
      lengths[f] ? [{ name: lengthsFile(name), digest: lengths[f].finish() }] : [],
    ),
  ];
  const [timed, parted, lined] = [times, parts, sameLine].map((column) => column.finish().length > 0);
  const tokenDigests = [...tokens, ...buckets].map((writer) => writer.finish());
  const there = (name: string) => files.some((file) => file.name === name);
  return {
    rows,
    ...(source.days && { days: dayRows.map((rows, day) => ({ name: source.days![day], rows })) }),
    probabilities: there(probabilitiesFile),
    weights: there(weightsFile),
    files,
    tokens: tokenDigests,
    facts: () => ({
      ...(timed && { times: taken(work, timesFile, new Float64Array(rows)) }),
      ...(parted && { parts: taken(work, partsFile, new Uint8Array(rows)) }),
      ...(source.days && { dayRows }),
      ...(lined && { sameLine: taken(work, sameLineFile, new Uint8Array(rows)) }),
    }),
  };
}

function countDay(dayRows: number[], { day, size }: RawBlock): void {
  if (day === undefined || day < dayRows.length - 1)
    throw new Error(`a block of day ${day} after those of later days`);
  while (dayRows.length <= day) dayRows.push(0);
  dayRows[day] += size;
}
