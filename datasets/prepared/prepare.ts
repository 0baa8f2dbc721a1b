import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Part } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { type RawSource, type TokenColumn, wordsOf } from '../raw-rows.ts';
import { denseColumns } from './dense.ts';
import { encodeField } from './encode-field.ts';
import { denseFile, labelsFile, manifestFile } from './layout.ts';
import { type ColumnFileRecord, formatVersion, type Manifest, manifestText } from './manifest.ts';
import { regroupFile } from './regroup.ts';
import type { PrepareSettings } from './settings.ts';
import { splitRows } from './split.ts';
import { endOf, rowsOf, type Split } from './split-parts.ts';
import { standardize } from './standardize.ts';
import { stageRows, type Staged } from './stage-rows.ts';
import { valueLists } from './value-lists.ts';
import type { WorkDirectory } from './work-directory.ts';

export interface PrepareProgress {
  /** Called after each block of the first pass. */
  rows?(rows: number): void;
  /** Called after each field of the second pass. */
  fields?(done: number, of: number): void;
}

/**
 * A raw log into prepared columns inside `work`: one pass over the source, then one field at a time. Memory: a
 * column of tokens (4 bytes per row and word, and again where rows are regrouped, with 4 for the place of a row; 4 more for tokens of
 * several words; 8 for a time of a row while they are sorted; 4 or 8 per row and pooled field), a table of its distinct tokens (some 50 bytes each) and one block. Throws a UserError for rows that cannot be split.
 */
export async function prepare(
  dataset: string,
  source: RawSource,
  settings: PrepareSettings,
  work: WorkDirectory,
  progress: PrepareProgress = {},
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
  const staged = await stageRows(source, work, columns, settings.protocol, (rows) => progress.rows?.(rows));
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

  const words = Math.max(...tokenColumns.map(({ kind }) => wordsOf[kind]));
  const values = Math.max(staged.rows, ...lists.map((own) => own?.inLog[staged.rows] ?? 0));
  const memory = {
    tokens: new Uint32Array(values * words),
    regrouped: split.placeOfRow && new Uint32Array(values * words),
    numbers: words > 1 ? new Uint32Array(values) : undefined,
  };
  const encoded = tokenColumns.map((column, f) => {
    const field = encodeField(
      work,
      column,
      { digest: staged.tokens[f], lists: lists[f] },
      split,
      settings,
      memory,
    );
    progress.fields?.(f + 1, tokenColumns.length);
    return field;
  });
  const fields = encoded.map(({ record }) => record);
  const rowWise = [...rowFiles, ...encoded.map(({ ids }) => ids)];

  const labels = fs.readFileSync(join(work.path, labelsFile));
  const partRecord = (part: Part) => {
    const range = split.parts[part];
    let clicks = 0;
    for (let row = range.start; row < endOf(range); row += range.step) clicks += labels[row];
    return { ...range, clicks };
  };
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
    ...(split.byTime && { byTime: true as const }),
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
