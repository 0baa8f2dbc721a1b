import type { Layer, Plan, Table } from '../../harness/contract/method.ts';
import { joinRows } from '../../harness/ops/join-rows.ts';
import { idSet, idSetMaps, mapBytes } from '../shared/id-sets/id-set.ts';
import { countIds, fieldOffsets } from '../shared/rows/table-parts.ts';
import type { ChunkShape } from './chunk-mask.ts';

/** A layer that has some chunks of vectors, and which. */
export interface StoredChunks {
  readonly chunks: number;
  /** The number of them that are stored. */
  readonly kept: number;
  readonly shape: ChunkShape;
}

/** Serving bytes: the floats of the chunks, and the set of their numbers. */
export function chunkBytes({ chunks, kept, shape }: StoredChunks): number {
  return 4 * shape.width * kept + mapBytes(idSetMaps({ ids: chunks, capacity: kept }));
}

/** A row for each chunk. */
export const chunkTable = ({ kept, shape }: StoredChunks): Table => ({
  width: shape.width,
  parts: [{ rows: kept, init: { mean: 0, halfWidth: 0 } }],
});

/** The layer that is served: `chosen`, ascending, are the chunks that it has; the others are zeros. */
export function planChunks({ fields, dim }: Layer, stored: StoredChunks, chosen: Uint32Array): Plan {
  const { chunks, kept, shape } = stored;
  const { parts, width } = shape;
  const set = idSet({ ids: chunks, capacity: kept }, () => chosen);
  const table = chunkTable(stored);
  const offsets = fieldOffsets(fields);
  const all = [...fields.keys()];
  const places = Array.from({ length: parts }, (_, part) => part);
  const ends = [...offsets.slice(1), countIds(fields)];
  const tallies = fields.map(() => ({ ids: 0, chunks: 0 }));
  let field = 0;
  let last = -1;
  for (const chunk of chosen) {
    const id = Math.floor(chunk / parts);
    while (id >= ends[field]) field++;
    tallies[field].chunks++;
    if (id !== last) tallies[field].ids++;
    last = id;
  }
  const numbers = (batch: Uint32Array) => {
    const found = new Uint32Array(batch.length * parts);
    batch.forEach((id, at) => {
      const first = (offsets[at % offsets.length] + id) * parts;
      for (let part = 0; part < parts; part++) found[at * parts + part] = first + part;
    });
    return found;
  };
  return {
    tables: [table],
    maps: set.maps,
    choices: {
      share: kept / chunks,
      widths: tallies.map(({ chunks }, f) => Math.round((100 * chunks * width) / fields[f].cardinality) / 100), // prettier-ignore
    },
    toldApart: { byField: tallies.map(({ ids }) => ids) },
    embed(lookup) {
      const indices = lookup.compute(
        (batch) => set.positionsOf(numbers(batch)),
        fields.length * parts,
        (ids) =>
          ids
            .plus(offsets)
            .times(parts)
            .pick(all.flatMap((field) => places.map(() => field)))
            .plus(all.flatMap(() => places))
            .among(set.stored),
      );
      return joinRows(lookup, [{ table, indices, pieces: parts, fields: all }], fields.length, dim);
    },
  };
}
