import { expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import { chosenIds } from '../../methods/shared/id-sets/chosen-ids.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { zipfFields } from '../layers.ts';

test('ids of all fields are chosen by their numbers over all of them', () => {
  const fields = zipfFields([3, 2, 5]);
  // Id 1 of the first field, none of the second, ids 0 and 1 of the third.
  const found = chosenIds({ fields }, Uint32Array.of(1, 5, 6));
  expect(found.starts).toEqual([0, 1, 1]);
  expect(found.ends).toEqual([1, 1, 3]);
  const batch = Uint32Array.of(0, 0, 0, 1, 1, 1, 2, 0, 4);
  const columns = found.columns({
    compute: (rowsOf, columns) => new HostIndices(rowsOf(batch), 3, columns),
  });
  expect(columns.fields).toBe(3);
  expect([...valuesOf(columns)]).toEqual([none, none, 1, 0, none, 2, none, none, none]);
});

test('none at all', () => {
  const { maps, ends } = chosenIds({ fields: zipfFields([3, 2]) }, new Uint32Array());
  expect({ maps, ends }).toEqual({ maps: [], ends: [0, 0] });
});
