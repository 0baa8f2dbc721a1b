import type { Batch } from '../contract/data.ts';

/** A batch that outlives the next one. */
export function copyOf({ size, dense, ids, labels, weights, further }: Batch): Batch {
  return {
    size,
    dense: dense.slice(),
    ids: ids.slice(),
    labels: labels.slice(),
    ...(weights && { weights: weights.slice() }),
    ...(further && {
      further: {
        rows: further.rows,
        fields: further.fields.map((field) => ({ ...field, samples: field.samples.slice() })),
      },
    }),
  };
}
