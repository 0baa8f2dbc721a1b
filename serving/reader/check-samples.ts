import type { ManifestSamples } from '../program/manifest.ts';
import type { OpenModel } from './open-model.ts';
import type { EncodedRows } from './raw-rows.ts';

/** The sample rows of a manifest as a model takes them. */
export function encodedSamples({ size, dense, ids, further }: ManifestSamples): EncodedRows {
  return {
    ...{ size, dense: Float32Array.from(dense), ids: Uint32Array.from(ids) },
    ...(further && {
      further: {
        rows: further.rows,
        fields: further.fields.map((own) => ({ ...own, samples: Uint32Array.from(own.samples) })),
      },
    }),
  };
}

/** The largest difference of a click probability from those in the manifest: of ids and dense values, and of raw rows if it has them. */
export function largestDifference(model: OpenModel): number {
  const { samples } = model.manifest;
  const found = [
    model.probabilities(encodedSamples(samples)),
    ...(samples.rows ? [model.predict(samples.rows)] : []),
  ];
  const differences = found.flatMap((own) => samples.probabilities.map((p, row) => Math.abs(p - own[row])));
  return differences.reduce((most, one) => (one > most || Number.isNaN(one) ? one : most), 0);
}
