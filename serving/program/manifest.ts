import type { HashRule } from '../../datasets/hashed-id.ts';
import { z } from 'zod';
import type { Storage } from '../../harness/contract/method.ts';
import type { Program } from './program.ts';

/** manifest.json of an exported model. Tensors are those of model.safetensors beside it. docs/export-format.md describes it for other readers. */
export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly version: typeof manifestVersion;
  /** The run that trained the model; absent if there was none. */
  readonly run?: Readonly<Record<string, string | number>>;
  readonly method: ManifestMethod;
  readonly model: { readonly name: string; readonly options: unknown };
  /** The way from raw rows to ids and dense values; absent if the model was exported without its log. */
  readonly data?: ManifestData;
  /** Training rows, and the click probabilities that the process which trained the model gave for them. */
  readonly samples: ManifestSamples;
  readonly dim: number;
  readonly denseColumns: number;
  readonly fields: readonly ManifestField[];
  readonly layer: ManifestLayer & { readonly program: Program };
  readonly network: {
    readonly variables: readonly ManifestTensor[];
    readonly arrays: readonly ManifestTensor[];
    readonly program: Program;
  };
  /** Serving bytes of the layer as they are counted, and the keys, which are counted apart. */
  readonly bytes: {
    readonly serving: Readonly<
      Record<'tables' | 'scales' | 'positions' | 'weights' | 'maps' | 'codes', number>
    >;
    readonly servingBytes: number;
    readonly keys: number;
    readonly keyBytes: number;
  };
}

export const modelFile = 'model.safetensors';
export const manifestFile = 'manifest.json';
export const vocabularyFile = 'vocabulary.safetensors';

export const manifestFormat = 'embed-bench model';
export const manifestVersion = 1;

export interface ManifestMethod {
  readonly name: string;
  readonly title: string;
  readonly formula?: string;
  readonly paper: { readonly cite: string; readonly url: string };
  readonly options: Readonly<Record<string, unknown>>;
  /** The seed that its hashes are derived from; the programs have the derived seeds. */
  readonly seed: number;
}

/** The stored parts of a layer. Programs of ids name them by their numbers here. */
export interface ManifestLayer {
  readonly tables: readonly ManifestTable[];
  readonly weights: readonly ManifestTensor[];
  readonly maps: readonly ManifestMap[];
  readonly arrays: readonly ManifestTensor[];
}

/** Integers of `bits` each, side by side, the lowest bit of a byte first. */
export interface ManifestMap {
  readonly tensor: string;
  readonly length: number;
  readonly bits: number;
  readonly holds?: 'codes';
}

export interface ManifestField {
  readonly name: string;
  readonly cardinality: number;
  readonly pool?: 'sum' | 'mean';
}

export interface ManifestSamples {
  readonly size: number;
  readonly dense: readonly number[]; // [size, denseColumns]
  readonly ids: readonly number[]; // [size + further.rows, fields]
  /** The further values of pooled fields, after the first ones: sample of each, in the column of its field. */
  readonly further?: {
    readonly rows: number;
    readonly fields: readonly {
      readonly field: number;
      readonly pool: 'sum' | 'mean';
      readonly samples: readonly number[];
    }[];
  };
  readonly probabilities: readonly number[];
  /** The same rows as they are in the log, where they could be found in it. */
  readonly rows?: readonly RawRow[];
}

/** Cells by column; a list of a pooled field. */
export type RawRow = Readonly<Record<string, RawCell | readonly RawCell[]>>;
/** A number, a text, hexadecimal digits; the words of a token; null if missing. */
export type RawCell = number | string | null | { readonly token: readonly number[] };

/** The rules by which raw rows become numbers. Tokens of ids are in vocabulary.safetensors, if any field needs them. */
export interface ManifestData {
  readonly name: string;
  readonly fingerprint: string;
  readonly dense: readonly {
    readonly name: string;
    readonly transform: 'log' | 'raw' | 'standard';
    readonly mean?: number;
    readonly deviation?: number;
  }[];
  readonly fields: readonly {
    readonly name: string;
    /** `bucket`: a dense column of this name in buckets floor(ln(x)^2). */
    readonly token: 'integer32' | 'integer64' | 'text' | 'bucket';
    readonly written?: 'hex';
    /** The token of a missing integer; 0 if absent. */
    readonly missing?: number;
    /** Present if ids are hashes of tokens. The field then has no vocabulary. */
    readonly hashed?: HashRule;
    readonly outOfVocabulary?: number;
    /** Tokens in the order of their ids, without the out-of-vocabulary id: [ids, words]. */
    readonly tensor?: string;
  }[];
}

export interface ManifestTensor {
  readonly tensor: string;
  readonly shape: readonly number[];
}

/** Rows of `width` floats, `stride` floats apart. `floats`: all of them, those of rows that overlap once. */
export interface ManifestTable {
  readonly tensor: string;
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  readonly floats: number;
  /** The form of the floats; `fp32` if they are stored as they are. Blocks of `row-wise` are told. */
  readonly stored: Storage | { readonly kind: 'fp32' };
}

/** The part of a manifest that every reader checks first. */
export const manifestHead = z.looseObject({
  format: z.literal(manifestFormat),
  version: z.literal(manifestVersion),
});
