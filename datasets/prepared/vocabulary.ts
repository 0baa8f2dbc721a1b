import { join } from 'node:path';
import { diskFault } from '../../files/disk-fault.ts';
import { makeFolder } from '../../files/folders.ts';
import type { HashRule } from '../hashed-id.ts';
import { missingInteger, type RawSource, type TokenColumn, wordsOf } from '../raw-rows.ts';
import type { Manifest } from './manifest.ts';
import { prepare, type PrepareProgress } from './prepare.ts';
import type { PrepareSettings } from './settings.ts';
import { createWorkDirectory } from './work-directory.ts';

/** The words of a log that became numbers: tokens of ids, and the rules of dense columns. */
export interface Vocabulary {
  /** The fingerprint of the prepared data that it is of. */
  readonly fingerprint: string;
  readonly fields: readonly FieldVocabulary[];
  readonly dense: readonly DenseRule[];
  /** The first rows of the log by column. */
  readonly rows: readonly RawRow[];
}

export interface FieldVocabulary {
  readonly name: string;
  readonly token: TokenColumn['kind'] | 'bucket';
  readonly written?: 'hex';
  readonly missing?: number;
  /** Absent if ids are hashes of tokens. */
  readonly outOfVocabulary?: number;
  /** Present if ids are hashes of tokens: there is no vocabulary. */
  readonly hashed?: HashRule;
  /** Tokens in the order of their ids, [ids, words]; the out-of-vocabulary id has none. Empty if ids are hashes. */
  readonly tokens: Uint32Array;
}

export interface DenseRule {
  readonly name: string;
  readonly transform: 'log' | 'raw' | 'standard';
  readonly mean?: number;
  readonly deviation?: number;
}

/** Cells by column: a number, hexadecimal digits, the words of a token whose text is not known, null if missing; a list of a pooled field. */
export type RawRow = Readonly<Record<string, RawCell | readonly RawCell[]>>;
export type RawCell = number | string | null | { readonly token: readonly number[] };

/**
 * The vocabulary of prepared data, which do not keep it: the log is read and prepared again, in a folder of `cache` that goes afterwards. Takes as long, and
 * as much disk and memory, as preparing. `rows`: how many of the first rows are kept. Throws a UserError as `prepare` does.
 */
export async function readVocabulary(
  cache: string,
  dataset: string,
  source: RawSource,
  settings: PrepareSettings,
  rows: number,
  progress: PrepareProgress = {},
): Promise<Vocabulary> {
  const advice = { whenFull: 'free as much as the prepared data take', otherwise: 'choose another --cache' };
  const tokens: Uint32Array[] = [];
  const first: RawRow[] = [];
  let work;
  let manifest: Manifest;
  try {
    makeFolder(cache, advice);
    work = createWorkDirectory(join(cache, `${dataset}-vocabulary`));
    const watched: PrepareProgress = {
      ...progress,
      vocabulary: (field, own) => (tokens[field] = own),
    };
    manifest = await prepare(dataset, keepingRows(source, rows, first), settings, work, watched);
  } catch (error) {
    throw diskFault(error, cache, advice) ?? error;
  } finally {
    work?.discard();
  }
  return { fingerprint: manifest.fingerprint, ...vocabularyOf(manifest, source, tokens), rows: first };
}

function vocabularyOf(
  { fields, transforms }: Manifest,
  source: RawSource,
  tokens: readonly Uint32Array[],
): Pick<Vocabulary, 'fields' | 'dense'> {
  return {
    fields: fields.map(({ name, cardinality, outOfVocabulary }, f) => {
      const column = source.fields.at(f);
      const { kind, written, missing } = column ?? {};
      return {
        ...{ name, token: kind ?? ('bucket' as const), ...(written && { written }) },
        ...(missing !== undefined && { missing }),
        ...(outOfVocabulary === undefined
          ? { hashed: { field: f, ids: cardinality }, tokens: new Uint32Array(0) }
          : { outOfVocabulary, tokens: tokens[f] }),
      };
    }),
    dense: transforms.flatMap(({ name, transform, mean, deviation }) =>
      transform === 'buckets'
        ? []
        : [{ name, transform, ...(mean !== undefined && { mean, deviation: deviation! }) }],
    ),
  };
}

/** The same source; its first rows are written to `kept` as they pass. */
function keepingRows(source: RawSource, count: number, kept: RawRow[]): RawSource {
  async function* blocks() {
    for await (const block of source.blocks()) {
      const starts = source.fields.map(() => 0); // of the lists of pooled fields
      for (let row = 0; row < block.size && kept.length < count; row++) {
        const cells: [string, RawRow[string]][] = source.dense.map(({ name }, f) => {
          const x = block.dense[f][row];
          return [name, x === missingInteger || Number.isNaN(x) ? null : x];
        });
        source.fields.forEach((column, f) => {
          const at = (place: number) => cellOf(column, block.tokens[f], place);
          const length = column.pool ? block.lengths![f]![row] : 1;
          const values = Array.from({ length }, (_, i) => at(starts[f] + i));
          starts[f] += length;
          cells.push([column.name, column.pool ? values : values[0]]);
        });
        kept.push(Object.fromEntries(cells));
      }
      yield block;
    }
  }
  return { ...source, blocks };
}

function cellOf({ kind, written, missing = 0 }: TokenColumn, tokens: Uint32Array, place: number): RawCell {
  const words = wordsOf[kind];
  const own = tokens.subarray(place * words, (place + 1) * words);
  if (kind === 'integer32') {
    if (own[0] === missing) return null;
    return written === 'hex' ? own[0].toString(16).padStart(8, '0') : own[0] | 0;
  }
  if (own.every((word) => word === 0)) return null;
  return (kind === 'text' && own[2] === 0 ? textOf(own) : undefined) ?? { token: [...own] };
}

/** The text of a token of at most 8 bytes, which is its own token; undefined if its bytes are no UTF-8. A byte order mark is part of it. */
function textOf(words: Uint32Array): string | undefined {
  const bytes = new Uint8Array(Uint32Array.of(words[0], words[1]).buffer);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.filter((byte) => byte !== 0),
    );
  } catch {
    return undefined;
  }
}
