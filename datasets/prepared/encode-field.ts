import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { checksum } from '../checksum.ts';
import type { ColumnFileRecord, FieldRecord } from './manifest.ts';
import { readValues } from './file-bytes.ts';
import { hashTokens } from './hash-tokens.ts';
import { countsFile, idArray, idsFile, tokensFile } from './layout.ts';
import { columnInFile, type NumberedColumn, residentColumn } from './numbered-column.ts';
import { numbered } from './number-tokens.ts';
import { type Ranking, rankTokens } from './rank-tokens.ts';
import { placeRows } from './regroup.ts';
import type { PrepareSettings } from './settings.ts';
import { shareCounter } from './share-counter.ts';
import { rowsOf, type Split } from './split-parts.ts';
import { type TokenColumn, wordsOf } from '../raw-rows.ts';
import { placeLists, type ValueLists } from './value-lists.ts';
import type { WorkDirectory } from './work-directory.ts';

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
 * Second pass, one field: raw tokens to ids. The vocabulary and its counts come from the training rows only; `field` is the number of the field. Writes
 * the ids and counts files and removes the tokens file; returns what the manifest says of the field and its files. Without `memory` the
 * column stays in its file. Throws a UserError where the tokens file is no longer what `digest` was taken of, and for more tokens than
 * there is memory for.
 */
export function encodeField(
  work: WorkDirectory,
  { name, kind, pool }: TokenColumn,
  staged: StagedTokens,
  split: Split,
  settings: PrepareSettings & { readonly field: number },
  memory: ColumnMemory | undefined,
  onVocabulary?: (tokens: Uint32Array) => void,
): { record: FieldRecord; ids: ColumnFileRecord; counts: ColumnFileRecord } {
  const { train, validation, test } = split.parts;
  const rows = rowsOf(split);
  const { placed } = staged.lists ?? {};
  const startOf = (row: number) => (placed ? placed[row] : row);
  const values = startOf(rows);
  const words = wordsOf[kind];
  const path = join(work.path, tokensFile(name));
  const column =
    memory === undefined
      ? columnInFile(path, words, values, staged.digest)
      : inMemory(path, staged, words, split, memory);
  try {
    const { minCount, order, idsPerToken } = settings;
    const isHashed = order === 'hashed';
    const { countsByNumber, collisions, tokensByNumber } = numbered(name, column, words, {
      ...{ train: startOf(train.rows), values },
      ...{ wantsTokens: isHashed || onVocabulary !== undefined, numbersUnseen: isHashed },
    });
    const ranking: Ranking = isHashed
      ? hashTokens(name, tokensByNumber!, words, countsByNumber, {
          field: settings.field,
          idsPerToken: idsPerToken!,
        })
      : rankTokens(countsByNumber, minCount, order);
    const { idOfNumber, counts, outOfVocabulary, sharingTokens } = ranking;
    requireCounted(name, counts, startOf(train.rows));
    if (tokensByNumber && outOfVocabulary !== undefined)
      onVocabulary?.(tokensInOrder(tokensByNumber, words, ranking, outOfVocabulary));
    const cardinality = counts.length;
    const shares = [validation, test].map((part) => shareCounter(part, placed, outOfVocabulary));

    const ids = work.writer(idsFile(name, cardinality));
    let narrow = idArray(cardinality, 0);
    let first = 0;
    for (const chunk of column.numbers()) {
      if (narrow.length < chunk.length) narrow = idArray(cardinality, chunk.length);
      toIds(chunk, idOfNumber);
      narrow.set(chunk);
      ids.append(narrow.subarray(0, chunk.length));
      for (const share of shares) share.count(chunk, first);
      first += chunk.length;
    }
    const frequencies = work.writer(countsFile(name));
    frequencies.append(counts);

    return {
      record: {
        name,
        cardinality,
        ...(outOfVocabulary !== undefined && { outOfVocabulary }),
        distinctTokens: countsByNumber.length,
        keptTokens: isHashed ? countsByNumber.length : cardinality - 1,
        ...(sharingTokens !== undefined && { sharingTokens }),
        ...(pool && { pool, values }),
        outOfVocabularyShare: { validation: shares[0].share(), test: shares[1].share() },
        ...(kind === 'text' && { hashCollisions: collisions }),
      },
      ids: { name: idsFile(name, cardinality), digest: ids.finish() },
      counts: { name: countsFile(name), digest: frequencies.finish() },
    };
  } finally {
    column.close();
    fs.rmSync(path, { force: true });
  }
}

/** Tokens [ids but the out-of-vocabulary one, words] in the order of their ids. */
function tokensInOrder(
  tokensByNumber: Uint32Array,
  words: number,
  { idOfNumber, counts }: Ranking,
  outOfVocabulary: number,
): Uint32Array {
  const tokens = new Uint32Array((counts.length - 1) * words);
  for (let number = 0; number < idOfNumber.length - 1; number++) {
    const id = idOfNumber[number];
    if (id === outOfVocabulary) continue;
    const place = (id < outOfVocabulary ? id : id - 1) * words;
    for (let word = 0; word < words; word++) tokens[place + word] = tokensByNumber[number * words + word];
  }
  return tokens;
}

/** Replaces numbers by ids. */
function toIds(numbers: Uint32Array, idOfNumber: Uint32Array): void {
  for (let i = 0; i < numbers.length; i++) numbers[i] = idOfNumber[numbers[i]];
}

/** Throws a UserError if a count has passed 2^32, where it starts anew: then the counts do not add up to the training values. */
export function requireCounted(name: string, counts: Uint32Array, train: number): void {
  if (train < 2 ** 32) return;
  let sum = 0;
  for (let id = 0; id < counts.length; id++) sum += counts[id];
  if (sum !== train)
    throw new UserError(
      `${name}: one of its ids is in more than 2^32 of ${train} training rows, which its count cannot hold; use fewer rows, or leave the column out`,
    );
}

/** The tokens of all rows [values, words] at their places, read whole. */
function inMemory(
  path: string,
  { digest, lists }: StagedTokens,
  words: number,
  split: Split,
  memory: ColumnMemory,
): NumberedColumn {
  const { placeOfRow } = split;
  const rows = placeOfRow?.length ?? rowsOf(split);
  const tokens = memory.tokens.subarray(0, (lists?.inLog[rows] ?? rows) * words);
  const sum = checksum();
  const fd = fs.openSync(path, 'r');
  try {
    const visit = (bytes: Uint8Array) => sum.update(bytes);
    readValues({ fd, path }, tokens, 0, { advice: 'prepare the data again', visit });
  } finally {
    fs.closeSync(fd);
  }
  if (sum.digest() !== digest)
    throw new UserError(
      `${path}: other bytes came back from the disk than were written; prepare the data again`,
    );
  fs.rmSync(path);
  const placed = rowsOf(split);
  const values = lists?.placed[placed] ?? placed;
  let own = tokens;
  if (placeOfRow && memory.regrouped) {
    own = memory.regrouped.subarray(0, values * words);
    if (lists) placeLists(tokens, words, lists, placeOfRow, own);
    else placeRows(tokens, words, placeOfRow, own);
  }
  return residentColumn(own, words, words === 1 ? own : memory.numbers!.subarray(0, values));
}
