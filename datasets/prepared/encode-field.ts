import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { checksum } from '../checksum.ts';
import type { ColumnFileRecord, FieldRecord } from './manifest.ts';
import { countsFile, idArray, idsFile, tokensFile } from './layout.ts';
import { rankTokens } from './rank-tokens.ts';
import { regroupColumn } from './regroup.ts';
import type { PrepareSettings } from './settings.ts';
import { endOf, type PartRange, type Split } from './split.ts';
import { TokenTable } from './token-table.ts';
import type { WorkDirectory } from './work-directory.ts';

const chunkRows = 1 << 15;

/** Memory for one column of tokens at a time, reused by every field; the second array only if rows are regrouped. */
export interface ColumnMemory {
  readonly tokens: Uint32Array; // [rows]
  readonly regrouped?: Uint32Array; // [rows]
}

/**
 * Second pass, one field: raw tokens to ids. The vocabulary and its counts come from the training rows only. Writes
 * the ids and counts files and removes the tokens file; returns what the manifest says of the field and its files. Throws
 * a UserError where the tokens file is no longer what `tokensDigest` was taken of.
 */
export function encodeField(
  work: WorkDirectory,
  name: string,
  tokensDigest: string,
  split: Split,
  settings: PrepareSettings,
  memory: ColumnMemory,
): { record: FieldRecord; ids: ColumnFileRecord; counts: ColumnFileRecord } {
  const column = readTokens(join(work.path, tokensFile(name)), tokensDigest, split, memory);
  const table = new TokenTable();
  const { train, validation, test } = split.parts;
  table.count(column, train.start, train.start + train.rows);
  table.number(column, train.rows, column.length); // training rows come first

  const { idOfNumber, counts, outOfVocabulary } = rankTokens(
    table.countsByNumber(),
    settings.minCount,
    settings.order,
  );
  const cardinality = counts.length;
  const share = (part: PartRange) => {
    let hits = 0;
    for (let row = part.start; row < endOf(part); row += part.step)
      if (idOfNumber[column[row]] === outOfVocabulary) hits++;
    return hits / part.rows;
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
      outOfVocabularyShare,
    },
    ids: { name: idsFile(name, cardinality), digest: ids.finish() },
    counts: { name: countsFile(name), digest: frequencies.finish() },
  };
}

function readTokens(path: string, digest: string, split: Split, memory: ColumnMemory): Uint32Array {
  const bytes = new Uint8Array(memory.tokens.buffer, 0, memory.tokens.byteLength);
  const sum = checksum();
  const fd = fs.openSync(path, 'r');
  try {
    for (let done = 0; done < bytes.length;) {
      const read = fs.readSync(fd, bytes, done, Math.min(bytes.length - done, 1 << 28), done);
      if (read === 0) break;
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
  if (split.partOfRow === undefined || memory.regrouped === undefined) return memory.tokens;
  regroupColumn(memory.tokens, split.partOfRow, memory.regrouped);
  return memory.regrouped;
}
