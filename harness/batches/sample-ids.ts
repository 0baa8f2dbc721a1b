import type { Data, FurtherOfField } from '../contract/data.ts';
import { hash32 } from '../../base/hash.ts';

/**
 * Ids of about so many rows of the training part, evenly spaced over it: row-major [rows, fields]. A pooled field has one of its values,
 * chosen by the hash of the row.
 */
export function sampleIds(data: Data, rows: number): Uint32Array {
  const fields = data.fields.length;
  const every = Math.max(1, Math.floor(data.rows.train / rows));
  const taken = new Uint32Array(Math.ceil(data.rows.train / every) * fields);
  let [row, to] = [0, 0];
  for (const batch of data.batches('train', { batchSize: 4096 })) {
    const { size, ids } = batch;
    const chosen = (batch.further?.fields ?? []).map((further) => ({
      field: further.field,
      rows: chosenRows(further, size, row),
    }));
    for (let i = 0; i < size; i++, row++)
      if (row % every === 0) {
        taken.set(ids.subarray(i * fields, (i + 1) * fields), to);
        for (const { field, rows } of chosen) taken[to + field] = ids[rows[i] * fields + field];
        to += fields;
      }
  }
  return taken;
}

/** The row of the batch's ids that holds the chosen value of each sample: its own, or one of its further ones. */
function chosenRows({ field, samples }: FurtherOfField, size: number, firstRow: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (const sample of samples) counts[sample]++;
  const chosen = Uint32Array.from({ length: size }, (_, i) => hash32(firstRow + i, field) % (1 + counts[i]));
  const rows = Uint32Array.from({ length: size }, (_, i) => i);
  const seen = new Uint32Array(size);
  samples.forEach((sample, value) => {
    if (++seen[sample] === chosen[sample]) rows[sample] = size + value;
  });
  return rows;
}
