import type { Data, Part } from '../contract/data.ts';

/** How often training has seen the rarest of the ids of every row, all values of pooled fields included, of a part: [rows], in the order of the log. */
export function rarestIds(data: Data, part: Part): Uint32Array {
  const counts = data.fields.map((field) => field.counts);
  const rarest = new Uint32Array(data.rows[part]);
  let row = 0;
  for (const { size, ids, further } of data.batches(part, { batchSize: 4096 })) {
    for (let i = 0; i < size; i++) {
      let least = Infinity;
      for (let field = 0; field < counts.length; field++)
        least = Math.min(least, counts[field][ids[i * counts.length + field]]);
      rarest[row + i] = least;
    }
    for (const { field, samples } of further?.fields ?? [])
      samples.forEach((sample, value) => {
        const count = counts[field][ids[(size + value) * counts.length + field]];
        rarest[row + sample] = Math.min(rarest[row + sample], count);
      });
    row += size;
  }
  return rarest;
}
