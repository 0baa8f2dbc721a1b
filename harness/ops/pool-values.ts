import * as tf from '../../tensors/index.ts';
import type { FurtherOfField, FurtherValues } from '../contract/data.ts';
import { kernelOr } from './kernel.ts';

/**
 * Vectors of all cells of a batch to one vector per sample and field: the sum of a field's values, or their mean. [rows, fields,
 * dim] -> [size, fields, dim], with the cells of the first `size` rows first in every sum, and the further ones in their order. Cells
 * that only fill rows have no part in it, and their gradient is zero. Backends may bring kernels `PoolValues` (input `x`; attributes `size`,
 * `pooled`: the pooled fields) and `PoolValuesGrad` (input `dy`; attributes `rows`, `pooled`).
 */
export function poolValues(
  vectors: tf.Tensor3D,
  size: number,
  { fields: pooled }: FurtherValues,
): tf.Tensor3D {
  const [rows, fields, dim] = vectors.shape;
  // Attributes are handed over as they are; their type knows no objects.
  const attributes = { size, rows, pooled: pooled as never };
  const op = tf.customGrad((x) => ({
    value: kernelOr(
      'PoolValues',
      { x: x as tf.Tensor },
      () => pool(x as tf.Tensor3D, size, pooled),
      attributes,
    ),
    gradFunc: (dy: tf.Tensor) =>
      kernelOr(
        'PoolValuesGrad',
        { dy },
        () => spread(dy as tf.Tensor3D, { rows, fields, dim, size }, pooled),
        attributes,
      ),
  }));
  return op(vectors) as tf.Tensor3D;
}

interface Shape {
  readonly rows: number;
  readonly fields: number;
  readonly dim: number;
  readonly size: number;
}

function pool(vectors: tf.Tensor3D, size: number, pooled: readonly FurtherOfField[]): tf.Tensor3D {
  const [, fields, dim] = vectors.shape;
  const columns = byColumns(pooled, fields, (from, width, further) => {
    const own = tf.slice(vectors, [0, from, 0], [size, width, dim]);
    if (further === undefined) return own;
    const { samples } = further;
    if (samples.length === 0) return own;
    const values = tf.reshape<tf.Rank.R2>(tf.slice(vectors, [size, from, 0], [samples.length, 1, dim]), [
      samples.length,
      dim,
    ]);
    const sums = tf.add<tf.Tensor3D>(own, sumBySample(values, size, samples));
    return further.pool === 'mean' ? tf.mul<tf.Tensor3D>(sums, weightsOf(further, size)) : sums;
  });
  return tf.concat(columns, 1);
}

/** [values, dim] -> [size, 1, dim], zeros for a sample without any. A gather of as many values as the longest list has. */
function sumBySample(values: tf.Tensor2D, size: number, samples: Uint32Array): tf.Tensor3D {
  const [, dim] = values.shape;
  const counts = countsOf(samples, size);
  const most = counts.reduce((most, count) => Math.max(most, count), 0);
  const places = new Int32Array(size * most);
  const there = new Float32Array(size * most);
  const next = new Uint32Array(size);
  samples.forEach((sample, i) => {
    const at = sample * most + next[sample]++;
    places[at] = i;
    there[at] = 1;
  });
  const found = tf.gather<tf.Tensor>(values, tf.tensor1d(places, 'int32'));
  const masked = tf.mul(tf.reshape(found, [size, most, dim]), tf.tensor3d(there, [size, most, 1]));
  return tf.sum(masked, 1, true);
}

function spread(
  dy: tf.Tensor3D,
  { rows, fields, dim, size }: Shape,
  pooled: readonly FurtherOfField[],
): tf.Tensor3D {
  const more = rows - size;
  const first: tf.Tensor3D[] = [];
  const others = byColumns(pooled, fields, (from, width, further) => {
    const slope = tf.slice(dy, [0, from, 0], [size, width, dim]);
    const weighted = further?.pool === 'mean' ? tf.mul<tf.Tensor3D>(slope, weightsOf(further, size)) : slope;
    first.push(weighted);
    const values = further?.samples.length ?? 0;
    if (values === 0) return tf.zeros<tf.Rank.R3>([more, width, dim]);
    const ofSamples = tf.reshape<tf.Rank.R2>(weighted, [size, dim]);
    const found = tf.gather<tf.Tensor>(ofSamples, tf.tensor1d(Int32Array.from(further!.samples), 'int32'));
    const ofValues = tf.reshape<tf.Rank.R3>(found, [values, 1, dim]);
    return values === more ? ofValues : tf.concat([ofValues, tf.zeros([more - values, 1, dim])], 0);
  });
  return tf.concat([tf.concat(first, 1), tf.concat(others, 1)], 0);
}

/** A tensor for every pooled field, and for every run of the others, in the order of the fields. */
function byColumns(
  pooled: readonly FurtherOfField[],
  fields: number,
  of: (from: number, width: number, further?: FurtherOfField) => tf.Tensor3D,
): tf.Tensor3D[] {
  const columns: tf.Tensor3D[] = [];
  let next = 0;
  for (const further of pooled) {
    if (further.field > next) columns.push(of(next, further.field - next));
    columns.push(of(further.field, 1, further));
    next = further.field + 1;
  }
  if (next < fields) columns.push(of(next, fields - next));
  return columns;
}

/** 1 / the number of values of each sample: [size, 1, 1]. */
function weightsOf({ samples }: FurtherOfField, size: number): tf.Tensor3D {
  return tf.tensor3d(
    Float32Array.from(countsOf(samples, size), (count) => 1 / (1 + count)),
    [size, 1, 1],
  );
}

function countsOf(samples: Uint32Array, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (const sample of samples) counts[sample]++;
  return counts;
}
