import type { Layer } from '../../harness/contract/method.ts';
import { deriveSeed, hash32 } from '../../base/hash.ts';
import { weightedMean } from '../shared/low-rank/principal-axes.ts';
import { embedSubspace, subspaceOf } from '../shared/subspace/embedding.ts';
import { leverageScores } from '../shared/subspace/leverage-scores.ts';
import { readerOf, stackedRows, streamRows, type StreamedRows } from '../shared/subspace/streamed-rows.ts';
import { fullTable } from '../shared/rows/full-table.ts';
import type { AnyRows } from '../shared/rows/row-source.ts';
import { countIds, fieldOffsets } from '../shared/rows/table-parts.ts';

/** Ways to score rows: the highest scores are kept. `frequency` is the training count of the id. */
export const rowScores = [
  'frequency-leverage',
  'leverage',
  'frequency-norm',
  'norm',
  'frequency',
  'random',
] as const;
export type RowScore = (typeof rowScores)[number];

/** Singular values below this share of the largest are rounding errors of 32-bit floats. */
const tolerance = 1e-6;

/**
 * Scores the rows of all fields, [ids, dim], field after field, less the mean lookup of their field; no score is below 0. With
 * frequencies, scores are squares of a lookup's length, or leverage in diag(sqrt(counts)) times the table, which is that of
 * the table of all lookups, summed over those of an id. `sketch`: rows of the CountSketch that leverage is found by.
 */
export function scoreRowsOf(
  { fields, dim, seed }: Layer,
  rowsOf: (field: number) => AnyRows,
  { score, sketch }: { readonly score: RowScore; readonly sketch: number },
): Float32Array {
  const count = countIds(fields);
  const offsets = fieldOffsets(fields);
  if (score === 'random') {
    const order = deriveSeed(seed, 'random rows');
    return Float32Array.from({ length: count }, (_, row) => hash32(row, order));
  }
  if (score === 'frequency') {
    const counts = new Float32Array(count);
    fields.forEach((field, f) => counts.set(field.counts, offsets[f]));
    return counts;
  }
  const weighted = score.startsWith('frequency');
  const centred = stackedRows(
    fields.map(({ counts }, f) => {
      const ofField = rowsOf(f);
      return streamRows({
        ...readerOf(ofField, dim),
        mean: weightedMean(ofField, dim, counts),
        weightOf: weighted ? (id) => counts[id] : undefined,
      });
    }),
  );
  if (score === 'norm' || score === 'frequency-norm') return squaresOf(centred);
  const rule = { kind: 'count', size: Math.max(dim, sketch), seed: deriveSeed(seed, 'leverage') } as const;
  return leverageScores(centred, subspaceOf(embedSubspace(centred, rule), tolerance));
}

/** The same for all rows of a full table, [ids, dim]. */
export function scoreRows(
  layer: Layer,
  rows: Float32Array,
  rule: Parameters<typeof scoreRowsOf>[2],
): Float32Array {
  const { rowsOf } = fullTable(layer, layer.dim);
  return scoreRowsOf(layer, (f) => rowsOf(rows, f), rule);
}

/** Squares of the lengths of rows. */
function squaresOf({ rows, width, blocks }: StreamedRows): Float32Array {
  const squares = new Float32Array(rows);
  for (const { first, count, values } of blocks())
    for (let row = 0, at = 0; row < count; row++) {
      let sum = 0;
      for (let k = 0; k < width; k++, at++) sum += values[at] * values[at];
      squares[first + row] = sum;
    }
  return squares;
}
