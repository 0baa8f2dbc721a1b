import { random } from '../base/random.ts';
import { type ValueLists, withFurther } from '../harness/contract/further-values.ts';
import type { Batch, Data, Pooling } from '../harness/contract/data.ts';
import { smallData } from './small-data.ts';

/**
 * The small log with lists of ids in one field: each sample's own id and up to `most - 1` others, which clicks do not depend on.
 * Counts are of all values.
 */
export function pooledData(pool: Pooling, { field = 1, most = 4, seed = 1 } = {}): Data {
  const data = smallData(seed);
  const { cardinality } = data.fields[field];
  /** Lists are drawn by the samples' own ids and places, so that every reading has the same ones. */
  const listsOf = ({ size, ids, dense }: Batch): ValueLists => {
    const values: number[] = [];
    const lengths = Uint8Array.from({ length: size }, (_, sample) => {
      const stream = random(Math.floor(2 ** 32 * dense[2 * sample]));
      const length = 1 + Math.floor(most * stream.uniform());
      values.push(ids[sample * data.fields.length + field]);
      for (let value = 1; value < length; value++) values.push(Math.floor(cardinality * stream.uniform()));
      return length;
    });
    return { field, pool, lengths, values };
  };
  const counts = new Uint32Array(cardinality);
  for (const batch of data.batches('train', { batchSize: 100 }))
    for (const value of listsOf(batch).values as number[]) counts[value]++;
  return {
    ...data,
    name: 'pooled',
    fields: data.fields.map((own, f) => (f === field ? { ...own, counts, pool } : own)),
    *batches(part, options) {
      for (const batch of data.batches(part, options))
        yield { ...batch, ...withFurther(batch.ids, batch.size, [listsOf(batch)]) };
    },
  };
}
