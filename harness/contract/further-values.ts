import type { Batch, FurtherValues } from './data.ts';

/** Ids that a batch looks up: every value of a pooled field, and no cell that only fills a row. */
export function lookupsOf({ size, further }: Pick<Batch, 'size' | 'further'>, fields: number): number {
  const values = further?.fields.reduce((sum, { samples }) => sum + samples.length, 0) ?? 0;
  return size * fields + values;
}

/** 1 for a cell that is a value, 0 for one that only fills a row: [size + further.rows, fields]. */
export function countedCells(
  { size, further }: { readonly size: number; readonly further: FurtherValues },
  fields: number,
): Uint8Array {
  const counted = new Uint8Array((size + further.rows) * fields).fill(1, 0, size * fields);
  for (const { field, samples } of further.fields)
    for (let value = 0; value < samples.length; value++) counted[(size + value) * fields + field] = 1;
  return counted;
}

/** The label of the sample that each cell is a value of: [size + further.rows, fields]. A cell that only fills a row repeats one. */
export function labelsOfCells(
  labels: Float32Array,
  { size, further }: { readonly size: number; readonly further?: FurtherValues },
  fields: number,
): Float32Array {
  const rows = size + (further?.rows ?? 0);
  const cells = new Float32Array(rows * fields);
  for (let row = 0; row < rows; row++) cells.fill(labels[row % size], row * fields, (row + 1) * fields); // as cells that fill a row repeat ids
  for (const { field, samples } of further?.fields ?? [])
    samples.forEach((sample, value) => (cells[(size + value) * fields + field] = labels[sample]));
  return cells;
}

/** Values of a pooled field: those of one sample after those of another. */
export interface ValueLists {
  readonly field: number;
  readonly pool: FurtherValues['fields'][number]['pool'];
  readonly lengths: Uint8Array; // [size], at least 1
  readonly values: ArrayLike<number>; // [sum of lengths]
}

/**
 * Puts values of pooled fields after the first values of a batch. `ids`: [size, fields] with the columns of all other fields filled
 * in. `lists`: in the order of the fields. Returns ids [size + further.rows, fields], in `ids` itself if there are no further values.
 */
export function withFurther(
  ids: Uint32Array,
  size: number,
  lists: readonly ValueLists[],
): { readonly ids: Uint32Array; readonly further: FurtherValues } {
  const width = ids.length / size;
  const rows = lists.reduce((most, { values }) => Math.max(most, values.length - size), 0);
  const all = rows === 0 ? ids : new Uint32Array((size + rows) * width);
  if (rows > 0) all.set(ids);
  const fields = lists.map(({ field, pool, lengths, values }) => {
    const samples = new Uint32Array(values.length - size);
    let [from, to] = [0, 0];
    for (let sample = 0; sample < size; sample++) {
      all[sample * width + field] = values[from++];
      for (let value = 1; value < lengths[sample]; value++, to++) {
        samples[to] = sample;
        all[(size + to) * width + field] = values[from++];
      }
    }
    return { field, pool, samples };
  });
  const filled = new Uint32Array(width);
  for (const { field, samples } of fields) filled[field] = samples.length;
  for (let row = 0; row < rows; row++)
    for (let field = 0; field < width; field++)
      if (row >= filled[field]) all[(size + row) * width + field] = all[(row % size) * width + field];
  return { ids: all, further: { rows, fields } };
}
