/** The contract of a file format: text has one reader, Parquet another. Everything else about tables knows only this. */
import type { DenseTransform, Pooling, RawBlock } from '../raw-rows.ts';
import type { BadLines } from '../text/bad-lines.ts';
import type { LabelRule } from './label-rule.ts';
import type { DerivedValue, NumberForm, TimeForm, TokenForm } from './schema.ts';

/** One file of a table, its header read. */
export interface TableReader {
  /** The format for people: `CSV`, `gzip TSV`, `Parquet`. */
  readonly format: string;
  /** Names of the columns in the order of the file; `1`, `2`, ... for those without a name. */
  readonly columns: readonly string[];
  /** Kinds of values that the file itself states, by column; absent for text. */
  readonly stored?: readonly StoredKind[];
  /** Rows, if the file states them. */
  readonly rows?: number;
  /**
   * Rows for `sniff`, from the beginning and from places further on. Memory: the reader keeps none of them. `onMalformed` takes the numbers
   * of rows at the beginning with another number of columns, which are left out.
   */
  sample(onMalformed?: (row: number) => void): AsyncIterable<Sample>;
  /** All rows of the file; arrays are reused by the next block. Throws a UserError that names the place of a wrong value. */
  blocks(columns: ResolvedColumns, context: ReadContext): AsyncIterable<TableBlock>;
}

/** Rows as a file has them. */
export interface TableBlock extends RawBlock {
  /** Counts in place of labels: `labels` then says nothing. */
  readonly counts?: Counts;
}

/** Clicks, at most as many as impressions, and impressions, at least one. */
export interface Counts {
  readonly clicks: Uint32Array; // [size]
  readonly impressions: Uint32Array; // [size]
}

/** Kinds of values that a binary format states. */
export type StoredKind = 'integer' | 'float' | 'text' | 'boolean' | 'time' | 'list';

/** One row for `sniff`: the cells in their canonical form as text, null for a missing value. A list is joined by `|`. */
export interface Sample {
  /** Number of the row or line, from 1 on. */
  readonly row: number;
  readonly cells: readonly (string | null)[];
}

/** The columns that a schema chooses, by their places (from 0 on) in one file. */
export interface ResolvedColumns {
  /** Absent if the log has counts, and in side tables: all labels of a block are 0 then. */
  readonly label?: FoundColumn & { readonly rule: LabelRule | undefined };
  readonly counts?: { readonly clicks: FoundColumn; readonly impressions: FoundColumn };
  readonly numeric: readonly NumericColumn[]; // in the order of RawBlock.dense
  readonly categorical: readonly CategoricalColumn[]; // in the order of RawBlock.tokens, before those derived
  readonly derived: readonly { readonly name: string; readonly take: DerivedValue }[]; // integer32 tokens, after the categorical ones
  readonly time?: FoundColumn & { readonly form: TimeForm };
  readonly weight?: FoundColumn;
  readonly part?: FoundColumn;
}

export interface FoundColumn {
  readonly at: number;
  readonly name: string;
}

export interface NumericColumn extends FoundColumn {
  readonly form: NumberForm;
  readonly transform?: DenseTransform;
  /** Cells that stand for a missing value. A null of a binary format always does. */
  readonly missing: readonly string[];
}

export interface CategoricalColumn extends FoundColumn {
  readonly form: TokenForm;
  readonly missing: readonly string[];
  /** The cell holds several values. */
  readonly several?: { readonly separator: string; readonly pool: Pooling };
}

export interface ReadContext {
  /** Rows per block; the last one is smaller. */
  readonly blockRows?: number;
  /** The part of all rows of this file (index into `parts`), for logs whose parts are files. */
  readonly part?: number;
  /** Malformed lines left out so far, of all files. Text alone has lines. */
  readonly badLines: BadLines;
  /** Takes the bytes of the file that are read so far. */
  readonly onRead?: (bytes: number) => void;
  /** Takes the content, decompressed, or what else identifies it. */
  readonly onContent?: (bytes: Uint8Array) => void;
}
