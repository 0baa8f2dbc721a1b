import type { Data } from '../contract/data.ts';

/** Ids of about so many rows of the training part, evenly spaced over it: row-major [rows, fields]. */
export function sampleIds(data: Data, rows: number): Uint32Array {
  const fields = data.fields.length;
  const every = Math.max(1, Math.floor(data.rows.train / rows));
  const taken = new Uint32Array(Math.ceil(data.rows.train / every) * fields);
  let [row, to] = [0, 0];
  for (const { size, ids } of data.batches('train', { batchSize: 4096 }))
    for (let i = 0; i < size; i++, row++)
      if (row % every === 0) {
        taken.set(ids.subarray(i * fields, (i + 1) * fields), to);
        to += fields;
      }
  return taken;
}
