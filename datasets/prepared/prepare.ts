import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { type Part, parts } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { type RawSource, type TokenColumn, wordsOf } from '../raw-rows.ts';
import { denseColumns } from './dense.ts';
import { type ColumnMemory, encodeField } from './encode-field.ts';
import { denseFile, labelsFile, manifestFile } from './layout.ts';
import { type ColumnFileRecord, formatVersion, type Manifest, manifestText } from './manifest.ts';
import { regroupFile } from './regroup.ts';
import type { PrepareSettings } from './settings.ts';
import { splitRows } from './split.ts';
import { endOf, rowsOf, type Split } from './split-parts.ts';
import { standardize } from './standardize.ts';
import { mostResident } from './numbered-column.ts';
import { stageRows, type Staged } from './stage-rows.ts';
import { type ValueLists, valueLists } from './value-lists.ts';
import type { WorkDirectory } from './work-directory.ts';

export interface PrepareProgress {
  /** Called after each block of the first pass. */
  rows?(rows: number): void;
  /** Called after each field of the second pass. */
  fields?(done: number, of: number): void;
  /** The tokens of a field [ids, words] in the order of their ids; the out-of-vocabulary id has none. Nothing keeps them otherwise. */
  vocabulary?(field: number, tokens: Uint32Array): void;
}

/**
 * A raw log into prepared columns inside `work`: one pass over the source, then one field at a time. Memory: one block, and a table
 * of the distinct tokens of a field (some 50 bytes each). A column of more than `resident` bytes stays on the disk; a shorter one, one of
 * lists, and one of rows that are regrouped is read whole: 4 bytes per row and word, and again where rows are regrouped, with 4
 * for the place of a row; 4 more for tokens of several words; 8 for a time of a row while they are sorted; 4 or 8 per row and pooled field.
 * Throws a UserError for rows that cannot be split.
 */
export async function prepare(
  dataset: string,
  source: RawSource,
  settings: PrepareSettings,
  work: WorkDirectory,
  progress: PrepareProgress = {},
  resident = mostResident,
): Promise<Manifest> {
  const columns = denseColumns(source.dense, settings.dense);
  const { numbers, buckets } = columns;
  const tokenColumns = [
    ...source.fields,
    ...buckets.map(({ name }): TokenColumn => ({ name, kind: 'integer32' })),
  ];
  if (tokenColumns.length === 0)
    throw new UserError(`${dataset}: no categorical column, so there is nothing to embed`);
  requireDifferent(tokenColumns);
  const staged = await stageRows(source, work, columns, settings, (rows) => progress.rows?.(rows));
  const origin = source.origin?.() ?? { name: dataset, badLines: 0, firstBadLines: [] };
  if (staged.rows === 0) throw new UserError(`${origin.name}: no valid rows`);
  const split = splitRows(staged.rows, settings, staged.facts());
  const rows = rowsOf(split);
  const lists = tokenColumns.map(({ name, pool }) => pool && valueLists(work, name, split));
  const regrouped = regroupRows(work, staged, split, numbers.length);
  const standard = numbers.map(({ transform }) => transform === 'standard');
  const standardized = standard.includes(true)
    ? standardize(work, standard, { rows, train: split.parts.train.rows })
    : undefined;
  const rowFiles = regrouped.map((file) =>
    standardized && file.name === denseFile ? standardized.file : file,
  );

  const isResident = tokenColumns.map(
    ({ kind, pool }) =>
      pool !== undefined || split.placeOfRow !== undefined || 4 * wordsOf[kind] * staged.rows <= resident,
  );
  const memory = columnMemory(
    staged.rows,
    tokenColumns.flatMap(({ kind }, f) => (isResident[f] ? [{ words: wordsOf[kind], lists: lists[f] }] : [])),
    split.placeOfRow !== undefined,
  );
  const encoded = tokenColumns.map((column, f) => {
    const field = encodeField(
      work,
      column,
      { digest: staged.tokens[f], lists: lists[f] },
      split,
      { ...settings, field: f },
      isResident[f] ? memory : undefined,
      progress.vocabulary && ((tokens) => progress.vocabulary!(f, tokens)),
    );
    progress.fields?.(f + 1, tokenColumns.length);
    return field;
  });
  const fields = encoded.map(({ record }) => record);
  const rowWise = [...rowFiles, ...encoded.map(({ ids }) => ids)];

  const clicks = clicksOf(join(work.path, labelsFile), split);
  const partRecord = (part: Part) => ({ ...split.parts[part], clicks: clicks[part] });
  const manifest: Manifest = {
    format: 'embed-bench prepared data',
    version: formatVersion,
    dataset,
    fingerprint: createHash('sha256')
      .update(
        JSON.stringify([
          split.parts,
          fields.map((field) => field.cardinality),
          rowWise.map(({ digest }) => digest),
          // Sums and means are of the same files. Without pooled fields the fingerprint is what it was before there were any.
          ...(tokenColumns.some(({ pool }) => pool) ? [tokenColumns.map(({ pool }) => pool ?? null)] : []),
        ]),
      )
      .digest('hex'),
    origin: {
      ...origin,
      firstBadLines: [...origin.firstBadLines],
      published: origin.published && {
        compared: [...origin.published.compared],
        differences: [...origin.published.differences],
      },
    },
    settings,
    rows,
    ...(staged.days && { days: [...staged.days] }),
    ...(split.byTime && { byTime: true as const }),
    ...(split.byDay && { byDay: true as const }),
    ...(split.validationFromTrain && { validationFromTrain: true as const }),
    parts: { train: partRecord('train'), validation: partRecord('validation'), test: partRecord('test') },
    probabilities: staged.probabilities,
    ...(staged.weights && { weights: true as const }),
    denseFields: numbers.map(({ name }) => name),
    transforms: [
      ...numbers.map(({ name, transform }, f) => ({ name, transform, ...standardized?.moments[f] })),
      ...buckets.map(({ name }) => ({ name, transform: 'buckets' as const })),
    ],
    fields,
    files: [...rowWise, ...encoded.map(({ counts }) => counts)],
  };
  const text = work.writer(manifestFile, { checksum: false });
  text.append(Buffer.from(manifestText(manifest)));
  text.finish();
  return manifest;
}

/** Memory for the largest of some columns. Throws a UserError if there is not so much. */
function columnMemory(
  rows: number,
  columns: readonly { readonly words: number; readonly lists: ValueLists | undefined }[],
  regrouped: boolean,
): ColumnMemory {
  const words = Math.max(0, ...columns.map((column) => column.words));
  const values =
    columns.length === 0 ? 0 : Math.max(rows, ...columns.map(({ lists }) => lists?.inLog[rows] ?? 0));
  try {
    return {
      tokens: new Uint32Array(values * words),
      ...(regrouped && { regrouped: new Uint32Array(values * words) }),
      ...(words > 1 && { numbers: new Uint32Array(values) }),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const gigabytes = ((4 * values * words * (regrouped ? 2 : 1)) / 1e9).toFixed(1);
    throw new UserError(
      `${rows} rows: a column of ${words} words, read whole, takes ${gigabytes} GB, which are not to be had (${error.message}); ` +
        'use fewer rows, or --protocol temporal by the order of the log',
    );
  }
}

/** Clicks of every part. */
function clicksOf(path: string, split: Split): Record<Part, number> {
  const clicks = { train: 0, validation: 0, test: 0 };
  const fd = fs.openSync(path, 'r');
  try {
    const chunk = new Uint8Array(1 << 20);
    for (let first = 0, read; (read = fs.readSync(fd, chunk, 0, chunk.length, first)) > 0; first += read)
      for (const part of parts) {
        const { start, step } = split.parts[part];
        const end = Math.min(endOf(split.parts[part]), first + read);
        const before = Math.max(0, Math.ceil((first - start) / step)); // rows of the part before this chunk
        for (let row = start + before * step; row < end; row += step) clicks[part] += chunk[row - first];
      }
  } finally {
    fs.closeSync(fd);
  }
  return clicks;
}

/** Throws a UserError for two categorical columns of one name, which would share their files. */
function requireDifferent(columns: readonly TokenColumn[]): void {
  columns.forEach(({ name }, i) => {
    if (columns.findIndex((other) => other.name === name) < i)
      throw new UserError(
        `two categorical columns have the name ${name}: give one another name, or leave it out`,
      );
  });
}

/** Brings the row-wise files into the order of the parts, where that is not the order of the log. */
function regroupRows(
  work: WorkDirectory,
  staged: Staged,
  split: Split,
  denseFields: number,
): readonly ColumnFileRecord[] {
  const { placeOfRow } = split;
  if (placeOfRow === undefined) return staged.files;
  return staged.files.map(({ name }) => {
    const bytes = name.endsWith('.u8');
    const [array, width] = bytes ? [Uint8Array, 1] : [Uint32Array, name === denseFile ? denseFields : 1];
    return { name, digest: regroupFile(work, name, array, width, { placeOfRow, rows: rowsOf(split) }) };
  });
}
