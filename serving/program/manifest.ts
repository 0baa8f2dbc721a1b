import { z } from 'zod';
import type { Storage } from '../../harness/contract/method.ts';
import type { Program } from './program.ts';

/** manifest.json of an exported model. Tensors are those of model.safetensors beside it. docs/export.md describes it for other readers. */
export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly version: typeof manifestVersion;
  /** The run that trained the model; absent if there was none. */
  readonly run?: Readonly<Record<string, unknown>>;
  readonly method: {
    readonly name: string;
    readonly title: string;
    readonly formula?: string;
    readonly paper: { readonly cite: string; readonly url: string };
    readonly options: Readonly<Record<string, unknown>>;
    /** The seed that its hashes are derived from; the programs have the derived seeds. */
    readonly seed: number;
  };
  readonly model: { readonly name: string; readonly options: unknown };
  readonly dim: number;
  readonly denseColumns: number;
  readonly fields: readonly ManifestField[];
  readonly layer: {
    readonly tables: readonly ManifestTable[];
    readonly weights: readonly ManifestTensor[];
    /** Integers of `bits` each, side by side, the lowest bit of a byte first. */
    readonly maps: readonly {
      readonly tensor: string;
      readonly length: number;
      readonly bits: number;
      readonly holds?: 'codes';
    }[];
    readonly arrays: readonly ManifestTensor[];
    readonly program: Program;
  };
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

export const manifestFormat = 'embed-bench model';
export const manifestVersion = 1;

export interface ManifestField {
  readonly name: string;
  readonly cardinality: number;
  readonly pool?: 'sum' | 'mean';
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
