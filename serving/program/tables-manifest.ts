import { z } from 'zod';
import type { ManifestLayer, ManifestMethod } from './manifest.ts';
import type { Program } from './program.ts';

/** manifest.json of embedding tables that were compressed. It has the parts of an exported model's (manifest.ts), and no network. */
export interface TablesManifest {
  readonly format: typeof tablesFormat;
  readonly version: typeof tablesVersion;
  readonly method: ManifestMethod;
  /** The sizes that the budget bought, by the width of the tables that shared it. */
  readonly choices: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly layer: ManifestLayer;
  readonly embeddings: readonly ManifestEmbedding[];
}

/** One of the user's tables: a program from `ids` [n, 1], below `rows`, to vectors [n, dim]. */
export interface ManifestEmbedding {
  readonly name: string;
  readonly rows: number;
  readonly dim: number;
  readonly program: Program;
}

export const tablesFormat = 'embed-bench tables';
export const tablesVersion = 1;

/** The part of a manifest that every reader checks first. */
export const tablesHead = z.looseObject({
  format: z.literal(tablesFormat),
  version: z.literal(tablesVersion),
});
