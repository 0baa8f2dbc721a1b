import * as tf from '../../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { cpu } from '../../../backends/cpu.ts';
import type { Backend } from '../../../harness/contract/backend.ts';
import { type ValueLists, withFurther } from '../../../harness/contract/further-values.ts';
import { poolValues } from '../../../harness/ops/pool-values.ts';
import { describeBackends, openOnce } from '../../backends/compared.ts';

const dim = 3;

/** Lists of 1 .. most values for some fields of a batch, ids by place. */
function batchOf(size: number, fields: number, pooled: Record<number, 'sum' | 'mean'>, most = 4) {
  const stream = random(size + fields);
  const lists: ValueLists[] = Object.entries(pooled).map(([field, pool]) => {
    const lengths = Uint8Array.from({ length: size }, () => 1 + Math.floor(most * stream.uniform()));
    const values = lengths.reduce((sum, length) => sum + length, 0);
    return {
      field: Number(field),
      pool,
      lengths,
      values: Uint32Array.from({ length: values }, (_, i) => 100 + i),
    };
  });
  const ids = Uint32Array.from({ length: size * fields }, (_, i) => i);
  return { lists, ...withFurther(ids, size, lists) };
}

const cases: [string, number, number, Record<number, 'sum' | 'mean'>, number?][] = [
  ['one of three', 5, 3, { 1: 'sum' }],
  ['mean, the first field', 5, 3, { 0: 'mean' }],
  ['all', 4, 2, { 0: 'sum', 1: 'mean' }],
  ['two beside each other and the last one', 7, 5, { 1: 'mean', 2: 'sum', 4: 'mean' }],
  ['one sample', 1, 1, { 0: 'mean' }, 9],
  ['long lists', 3, 2, { 1: 'sum' }, 60],
  ['all of one value', 6, 2, { 0: 'mean' }, 1],
];

test('further values are in the columns of their fields, and what is left over repeats ids of the batch', () => {
  const lists: ValueLists[] = [
    { field: 0, pool: 'sum', lengths: Uint8Array.of(2, 1), values: [7, 8, 9] },
    { field: 2, pool: 'mean', lengths: Uint8Array.of(1, 3), values: [4, 5, 6, 3] },
  ];
  const { ids, further } = withFurther(Uint32Array.of(0, 10, 0, 0, 11, 0), 2, lists);
  expect(Array.from(ids)).toEqual([7, 10, 4, 9, 11, 5, 8, 10, 6, 9, 11, 3]);
  expect(further).toEqual({
    rows: 2,
    fields: [
      { field: 0, pool: 'sum', samples: Uint32Array.of(0) },
      { field: 2, pool: 'mean', samples: Uint32Array.of(1, 1) },
    ],
  });
});

function onBackend(backend: Backend) {
  test.each(cases)(
    'sums and means with their gradients, against loops: %s',
    async (_, size, fields, pooled, most) => {
      await openOnce(backend);
      const { lists, ids, further } = batchOf(size, fields, pooled, most);
      const rows = ids.length / fields;
      const stream = random(3);
      const floats = (count: number) => Float32Array.from({ length: count }, () => stream.normal());
      const [vectors, slopes] = [floats(rows * fields * dim), floats(size * fields * dim)];
      const expected = new Float64Array(slopes.length);
      const gradient = new Float64Array(vectors.length);
      for (let field = 0; field < fields; field++) {
        const list = lists.find((one) => one.field === field);
        let further = size;
        for (let sample = 0; sample < size; sample++) {
          const count = list?.lengths[sample] ?? 1;
          const weight = list?.pool === 'mean' ? 1 / count : 1;
          for (let value = 0; value < count; value++) {
            const row = value === 0 ? sample : further++;
            for (let k = 0; k < dim; k++) {
              const to = (sample * fields + field) * dim + k;
              const from = (row * fields + field) * dim + k;
              expected[to] += weight * vectors[from];
              gradient[from] = weight * slopes[to];
            }
          }
        }
      }
      const op = (x: tf.Tensor3D) => poolValues(x, size, further);
      const input = tf.tensor3d(vectors, [rows, fields, dim]);
      const output = tf.tidy(() => op(input));
      const found = await output.data<'float32'>();
      const slope = tf.tidy(() =>
        tf.grad((x: tf.Tensor) =>
          tf.sum(tf.mul(op(x as tf.Tensor3D), tf.tensor3d(slopes, [size, fields, dim]))),
        )(input),
      );
      const foundSlope = await slope.data<'float32'>();
      expect(output.shape).toEqual([size, fields, dim]);
      expect(slope.shape).toEqual([rows, fields, dim]);
      found.forEach((x, i) => expect(x).toBeCloseTo(expected[i], 4));
      foundSlope.forEach((x, i) => expect(x).toBeCloseTo(gradient[i], 5));
      tf.dispose([input, output, slope]);
    },
  );
}

describe('cpu', () => onBackend(cpu));
describeBackends('on', onBackend);
