import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { modelFile } from '../program/manifest.ts';
import { readTablesManifest } from '../program/read-manifest.ts';
import type { ManifestEmbedding, TablesManifest } from '../program/tables-manifest.ts';
import { openSafetensors } from '../safetensors/read.ts';
import { heldLayer } from './held-layer.ts';
import { runProgram, type Stored } from './run-program.ts';
import { namedTensors } from './stored-tensors.ts';

/** Embedding tables that `npm run compress` has written, read from their folder. Needs no tfjs. */
export interface OpenTables extends Lookups {
  readonly manifest: TablesManifest;
  /** Bytes of the tensors as they are stored. Maps of other than whole bytes take more in memory. */
  readonly bytes: number;
}

/** Tables by their names. All throw a UserError for a name that there is not. */
export interface Lookups {
  readonly names: readonly string[];
  /** Rows of a table; its ids are below. */
  rows(name: string): number;
  /** Floats of a vector. */
  dim(name: string): number;
  /** Vectors of ids, row-major: [ids, dim]. Throws a UserError for an id that the table has not. */
  vectors(name: string, ids: ArrayLike<number>): Float32Array<ArrayBuffer>;
}

/** Opens a folder of compressed tables. Throws a UserError if it is none, or of another version, or if tensors are missing. */
export function openTables(folder: string): OpenTables {
  const manifest = readTablesManifest(folder);
  const file = openSafetensors(join(folder, modelFile));
  try {
    const tensors = namedTensors(file, 'compress the tables again');
    const stored = heldLayer(manifest.layer, tensors);
    return { manifest, bytes: tensors.bytes(), ...lookupsIn(manifest.embeddings, stored) };
  } finally {
    file.close();
  }
}

/** Ids that go through a program at a time. */
const idsAtOnce = 2 ** 14;

/** Looks ids up in what is stored, wherever that is. */
export function lookupsIn(embeddings: readonly ManifestEmbedding[], stored: Stored): Lookups {
  const byName = new Map(embeddings.map((one) => [one.name, one]));
  const names = [...byName.keys()];
  const find = (name: string) => {
    const found = byName.get(name);
    if (found === undefined) throw new UserError(`there is no table ${name}; there are ${names.join(', ')}`);
    return found;
  };
  return {
    names,
    rows: (name) => find(name).rows,
    dim: (name) => find(name).dim,
    vectors(name, ids) {
      const { rows, dim, program } = find(name);
      const checked = checkedIds(name, rows, ids);
      const vectors = new Float32Array(checked.length * dim);
      for (let from = 0; from < checked.length; from += idsAtOnce) {
        const data = checked.subarray(from, from + idsAtOnce);
        vectors.set(runProgram(program, { ids: { data, columns: 1 } }, data.length, stored).data, from * dim);
      }
      return vectors;
    },
  };
}

function checkedIds(name: string, rows: number, ids: ArrayLike<number>): Uint32Array {
  const checked = new Uint32Array(ids.length);
  for (let at = 0; at < checked.length; at++) {
    const id = ids[at];
    if (!(id >= 0 && id < rows && Number.isInteger(id)))
      throw new UserError(`${name}: ${String(id)} (at ${at}) is no id of a table of ${rows} rows; ids are 0 to ${rows - 1}`); // prettier-ignore
    checked[at] = id;
  }
  return checked;
}
