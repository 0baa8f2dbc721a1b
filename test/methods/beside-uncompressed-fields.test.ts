import * as tf from '../../tensors/index.ts';
import { expect, test } from 'vitest';
import { valuesOf } from '../../harness/contract/indices.ts';
import { isInfeasible, type Layer, type Lookup } from '../../harness/contract/method.ts';
import { infeasible, sizeOf } from '../../harness/contract/size.ts';
import { besideUncompressedFields } from '../../methods/shared/rows/beside-uncompressed-fields.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { zipfFields } from '../layers.ts';

const layer: Layer = {
  fields: zipfFields([10, 5000, 20, 3000]),
  dim: 4,
  budget: 16 * 1000,
  seed: 1,
  sample: (rows) => Uint32Array.from({ length: 4 * rows }, (_, i) => i),
};

test('small fields keep their rows, the others are compressed within what is left', () => {
  const asked: Layer[] = [];
  const plan = besideUncompressedFields(layer, 200, (others) => {
    asked.push(others);
    return { tables: [], choices: { own: 1 }, embed: ({ ids }) => tf.ones([ids.batch, ids.fields, 4]) };
  });
  expect(asked).toHaveLength(1);
  expect(asked[0].fields).toEqual([layer.fields[1], layer.fields[3]]);
  expect(asked[0].budget).toBe(16 * (1000 - 30));
  expect([...asked[0].sample!(2)]).toEqual([1, 3, 5, 7]);
  if (isInfeasible(plan)) throw new Error(plan.reason);
  expect(plan.choices).toEqual({ whole: [0, 2], own: 1 });
  expect(sizeOf(plan).parameters).toBe(30 * 4);
});

test('they are asked for the ids of the others only, and put where their fields are', () => {
  const seen: Uint32Array[] = [];
  const plan = besideUncompressedFields(layer, 200, () => ({
    tables: [],
    choices: {},
    embed({ ids, compute }: Lookup) {
      seen.push(valuesOf(ids));
      const computed = compute((ids) => {
        seen.push(ids);
        return ids;
      }, 2);
      return tf.mul<tf.Tensor3D>(tf.reshape(computed.toFloats(), [2, 2, 1]), tf.ones([2, 2, 4]));
    },
  }));
  if (isInfeasible(plan)) throw new Error(plan.reason);
  const ids = Uint32Array.of(1, 100, 2, 300, 5, 500, 6, 700);
  const vectors = plan.embed({
    ids: new HostIndices(ids, 2, 4),
    rows: (table, indices) =>
      tf.mul(
        tf.reshape(new HostIndices(valuesOf(indices), 2, 2).toFloats(), [2, 2, 1]),
        tf.ones([2, 2, table.width]),
      ),
    weight: () => tf.scalar(0),
    compute: (rowsOf, columns) => new HostIndices(rowsOf(ids), 2, columns),
    penalize: () => undefined,
  });
  expect(seen.map((values) => [...values])).toEqual(Array(2).fill([100, 300, 500, 700]));
  // The second whole field has the rows from 10 on.
  expect([...tf.slice(vectors, [0, 0, 0], [2, 4, 1]).dataSync()]).toEqual([1, 100, 12, 300, 5, 500, 16, 700]);
});

test('where the others do not fit beside them, no field is whole; where all fit, all are', () => {
  const least = 16 * 990;
  const compress = ({ fields, budget }: Layer) =>
    budget < least
      ? infeasible(least, budget, 'it')
      : { tables: [], choices: { fields: fields.length }, embed: () => tf.zeros<tf.Rank.R3>([1, 4, 4]) };
  const plan = besideUncompressedFields(layer, 200, compress);
  expect(isInfeasible(plan) || plan.choices).toEqual({ fields: 4 });
  expect(besideUncompressedFields({ ...layer, budget: 16 * 989 }, 200, compress)).toMatchObject({
    smallestBytes: least,
  });
  const full = besideUncompressedFields({ ...layer, budget: 16 * 8030 }, 0, compress);
  expect(isInfeasible(full) || sizeOf(full).parameters).toBe(8030 * 4);
});
