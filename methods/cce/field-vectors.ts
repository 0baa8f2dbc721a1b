import type { Layer, Trained } from '../../harness/contract/method.ts';

/** Rows looked up at a time. */
const piece = 4096;

/**
 * The vectors of all ids of the fields named, as a trained stage looks them up: [ids, dim] by field. Smaller fields ride
 * along with the largest one.
 */
export async function fieldVectors(
  trained: Pick<Trained, 'vectors'>,
  { fields, dim }: Pick<Layer, 'fields' | 'dim'>,
  wanted: readonly number[],
): Promise<ReadonlyMap<number, Float32Array>> {
  const found = new Map(wanted.map((f) => [f, new Float32Array(fields[f].cardinality * dim)]));
  const largest = Math.max(0, ...wanted.map((f) => fields[f].cardinality));
  for (let from = 0; from < largest; from += piece) {
    const rows = Math.min(piece, largest - from);
    const ids = new Uint32Array(rows * fields.length);
    for (let row = 0; row < rows; row++)
      for (let f = 0; f < fields.length; f++)
        ids[row * fields.length + f] = Math.min(from + row, fields[f].cardinality - 1);
    const vectors = await trained.vectors(ids);
    for (const [f, ofField] of found)
      for (let row = 0; row < rows && from + row < fields[f].cardinality; row++) {
        const at = (row * fields.length + f) * dim;
        ofField.set(vectors.subarray(at, at + dim), (from + row) * dim);
      }
  }
  return found;
}
