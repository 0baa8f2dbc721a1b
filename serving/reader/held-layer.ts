import type { ManifestLayer } from '../program/manifest.ts';
import { IndexOperations } from './index-operations.ts';
import type { Stored } from './run-program.ts';
import { heldMaps } from './sets.ts';
import { heldTable, lookUp } from './stored-rows.ts';
import { entriesOf, floatsOf, type NamedTensors } from './stored-tensors.ts';

/** The stored parts of a layer, in memory, for its programs: tables in their stored form, maps in whole bytes. */
export function heldLayer(layer: ManifestLayer, { find }: NamedTensors): Stored {
  const maps = layer.maps.map((map) => entriesOf(map, find(map.tensor)));
  const tables = layer.tables.map((table) => ({ table, read: heldTable(table, find(table.tensor)) }));
  return {
    operations: new IndexOperations(heldMaps(maps)),
    rowsOf: (number, indices) => lookUp(tables[number].table, indices, tables[number].read),
    ...arraysOf(layer, find),
  };
}

/** The small arrays of a layer. It has no variables: these are the network's. */
export function arraysOf(
  layer: ManifestLayer,
  find: NamedTensors['find'],
): Pick<Stored, 'weight' | 'variable' | 'array'> {
  const [weights, arrays] = [layer.weights, layer.arrays].map((all) => all.map((one) => floatsOf(one, find(one.tensor)))); // prettier-ignore
  return {
    weight: (number) => weights[number],
    array: (number) => arrays[number],
    variable(number) {
      throw new RangeError(`a layer has no variable ${number}`);
    },
  };
}
