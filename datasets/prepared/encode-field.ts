import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { checksum } from '../checksum.ts';
import type { ColumnFileRecord, FieldRecord } from './manifest.ts';
import { countsFile, idArray, idsFile, tokensFile } from './layout.ts';
import { rankTokens } from './rank-tokens.ts';
import { placeRows } from './regroup.ts';
import type { PrepareSettings } from './settings.ts';
import { endOf, type PartRange, rowsOf, type Split } from './split-parts.ts';
import { type TokenColumn, wordsOf } from '../raw-rows.ts';
import { TokenTable } from './token-table.ts';
import { placeLists, type ValueLists } from './value-lists.ts';
import { WideTokenTable } from './wide-token-table.ts';
import type { WorkDirectory } from './work-directory.ts';

const chunkRows = 1 << 15;

/** A file of raw tokens. */
export interface StagedTokens {
  readonly digest: string;
  /** Only of a pooled field. */
  readonly lists?: ValueLists | undefined;
}

/** Memory for one column of tokens at a time, reused by every field. */
export interface ColumnMemory {
  readonly tokens: Uint32Array; // [most values of a field, most words]
  /** Only if rows are regrouped. */
  readonly regrouped?: Uint32Array; // [most values of a field, most words]
  /** Only if tokens have several words: their numbers need an array of their own. */
  readonly numbers?: Uint32Array; // [most values of a field]
}

/**
 * Second pass, one field: raw tokens to ids. The vocabulary and its counts come from the training rows only. Writes
 * the ids and counts files and removes the tokens file; returns what the manifest says of the field and its files. Throws
 * a UserError where the tokens file is no longer what `tokensDigest` was taken of.
 */
export function encodeField(
  work: WorkDirectory,
  { name, kind, pool }: TokenColumn,
  { digest: tokensDigest, lists }: StagedTokens,
  split: Split,
  settings: PrepareSettings,
  memory: ColumnMemory,
): { record: FieldRecord; ids: ColumnFileRecord; counts: ColumnFileRecord } {
  const { train, validation, test } = split.parts;
  const rows = rowsOf(split);
  const { placed } = lists ?? {};
  const startOf = (row: number) => (placed ? placed[row] : row);
  const values = startOf(rows);
  const words = wordsOf[kind];
  const tokens = readTokens(
    join(work.path, tokensFile(name)),
    { digest: tokensDigest, lists },
    words,
    split,
    memory,
  );
  const column = words === 1 ? tokens : memory.numbers!.subarray(0, values); // [values], the numbers of the tokens
  const table = words === 1 ? new TokenTable() : new WideTokenTable(words, column);
  table.count(tokens, 0, startOf(train.rows)); // training rows come first
  table.number(tokens, startOf(train.rows), values);

  const { idOfNumber, counts, outOfVocabulary } = rankTokens(
    table.countsByNumber(),
    settings.minCount,
    settings.order,
  );
  const cardinality = counts.length;
  const share = (part: PartRange) => {
    let [hits, all] = [0, 0];
    for (let row = part.start; row < endOf(part); row += part.step)
      for (let at = startOf(row), end = startOf(row + 1); at < end; at++, all++)
        if (idOfNumber[column[at]] === outOfVocabulary) hits++;
    return hits / all;
  };
  const outOfVocabularyShare = { validation: share(validation), test: share(test) };

  const ids = work.writer(idsFile(name, cardinality));
  const narrow = idArray(cardinality, Math.min(chunkRows, column.length));
  for (let begin = 0; begin < column.length; begin += chunkRows) {
    const chunk = column.subarray(begin, begin + chunkRows);
    for (let i = 0; i < chunk.length; i++) chunk[i] = idOfNumber[chunk[i]];
    narrow.set(chunk);
    ids.append(narrow.subarray(0, chunk.length));
  }
  const frequencies = work.writer(countsFile(name));
  frequencies.append(counts);

  return {
    record: {
      name,
      cardinality,
      outOfVocabulary,
      distinctTokens: table.distinct,
      keptTokens: cardinality - 1,
      ...(pool && { pool, values }),
      outOfVocabularyShare,
      ...(kind === 'text' && { hashCollisions: (table as WideTokenTable).collisions }),
    },
    ids: { name: idsFile(name, cardinality), digest: ids.finish() },
    counts: { name: countsFile(name), digest: frequencies.finish() },
  };
}

/** The tokens of all rows [values, words] at their places; removes their file. */
function readTokens(
  path: string,
  { digest, lists }: StagedTokens,
  words: number,
  split: Split,
  memory: ColumnMemory,
): Uint32Array {
  const { placeOfRow } = split;
  const rows = placeOfRow?.length ?? rowsOf(split);
  const tokens = memory.tokens.subarray(0, (lists?.inLog[rows] ?? rows) * words);
  const bytes = new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  const sum = checksum();
  const fd = fs.openSync(path, 'r');
  try {
    for (let done = 0; done < bytes.length;) {
      const read = fs.readSync(fd, bytes, done, Math.min(bytes.length - done, 1 << 28), done);
      if (read === 0)
        throw new UserError(`${path}: ${done} bytes, expected ${bytes.length}; prepare the data again`);
      sum.update(bytes.subarray(done, done + read));
      done += read;
    }
  } finally {
    fs.closeSync(fd);
  }
  if (sum.digest() !== digest)
    throw new UserError(
      `${path}: other bytes came back from the disk than were written; prepare the data again`,
    );
  fs.rmSync(path);
  if (placeOfRow === undefined || memory.regrouped === undefined) return tokens;
  const placed = rowsOf(split);
  const regrouped = memory.regrouped.subarray(0, (lists?.placed[placed] ?? placed) * words);
  if (lists) placeLists(tokens, words, lists, placeOfRow, regrouped);
  else placeRows(tokens, words, placeOfRow, regrouped);
  return regrouped;
}
