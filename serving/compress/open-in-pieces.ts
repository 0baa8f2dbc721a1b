import { join } from 'node:path';
import { modelFile } from '../program/manifest.ts';
import { readTablesManifest } from '../program/read-manifest.ts';
import type { ManifestEmbedding, TablesManifest } from '../program/tables-manifest.ts';
import { type Lookups, lookupsIn } from '../reader/open-tables.ts';
import { namedTensors } from '../reader/stored-tensors.ts';
import { openSafetensors } from '../safetensors/read.ts';
import { layerInFile } from './layer-in-file.ts';

/** Compressed tables whose file stays open: for ids in their order, which are read from it a stretch at a time. */
export interface TablesInPieces {
  /** The same vectors as openTables gives, bit by bit. */
  readonly lookups: Lookups;
  /** Other programs over the same layer. */
  readonly lookupsOf: (programs: readonly ManifestEmbedding[]) => Lookups;
  readonly close: () => void;
}

/** Opens a folder of compressed tables. Throws a UserError where one of its files is missing or not what it should be. */
export function openInPieces(folder: string): TablesInPieces {
  return openFile(join(folder, modelFile), readTablesManifest(folder));
}

/** The same of a manifest that is at hand. `held`: see layerInFile. */
export function openFile(path: string, { layer, embeddings }: Pick<TablesManifest, 'layer' | 'embeddings'>, held?: number): TablesInPieces {
  const file = openSafetensors(path);
  try {
    const stored = layerInFile(layer, namedTensors(file, 'compress the tables again'), held);
    const lookupsOf = (programs: readonly ManifestEmbedding[]) => lookupsIn(programs, stored);
    return { lookups: lookupsOf(embeddings), lookupsOf, close: file.close };
  } catch (error) {
    file.close();
    throw error;
  }
} // prettier-ignore

/** The ids from one to another. */
export const idsFrom = (from: number, to: number) =>
  Uint32Array.from({ length: to - from }, (_, i) => from + i);
