import { lazily } from '../../base/lazily.ts';
import { bitsAt } from '../../harness/serving/bits.ts';
import { openStretch, wholeUnits } from '../../harness/serving/piecewise.ts';
import type { ManifestLayer, ManifestMap, ManifestTable } from '../program/manifest.ts';
import type { StoredTensor } from '../safetensors/read.ts';
import { arraysOf } from '../reader/held-layer.ts';
import { IndexOperations } from '../reader/index-operations.ts';
import type { Stored } from '../reader/run-program.ts';
import { entriesAt, type MapEntries, type Maps, none } from '../reader/sets.ts';
import { heldTable, lookUp, planTable } from '../reader/stored-rows.ts';
import { entriesOf, type NamedTensors } from '../reader/stored-tensors.ts';

/** Tensors of at most so many bytes are held from their first use on: 4 MiB. */
const heldBytes = 2 ** 22;
/** Rows or entries are read at once where they are no more than so many times those that are asked for. */
const spread = 4;

/**
 * The stored parts of a layer for programs whose ids come in their order: only a stretch of a large table or map is read at a time, and nothing is kept
 * of it. One whose entries are asked for in no order is held in its stored form, and so are sets of ids. `held`: bytes of tensors that are held anyway.
 */
export function layerInFile(layer: ManifestLayer, { find }: NamedTensors, held = heldBytes): Stored {
  const tables = layer.tables.map((table) => rowsInFile(table, find(table.tensor), held));
  return {
    operations: new IndexOperations(mapsInFile(layer.maps, find, held)),
    rowsOf: (number, indices) => tables[number](indices),
    ...arraysOf(layer, find),
  };
}

function rowsInFile(table: ManifestTable, tensor: StoredTensor, held: number): (indices: Parameters<typeof lookUp>[1]) => ReturnType<typeof lookUp> {
  const { width } = table;
  const own = planTable(table);
  const whole = lazily(() => heldTable(table, tensor));
  const [, unit] = wholeUnits(own, 0, 1);
  const isHeld = tensor.bytes <= held || unit === table.floats || table.stride !== width;
  return (indices) => {
    const range = isHeld ? undefined : stretchOf(indices.data);
    if (range === undefined) return lookUp(table, indices, whole());
    const [first, end] = wholeUnits(own, range.least * width, (range.most + 1) * width);
    return lookUp(table, indices, openStretch(own, tensor.read, first, end), first);
  };
} // prettier-ignore

function mapsInFile(maps: readonly ManifestMap[], find: NamedTensors['find'], held: number): Maps {
  const all = maps.map((map) => {
    const tensor = find(map.tensor);
    return { map, tensor, whole: lazily(() => entriesOf(map, tensor)) };
  });
  return {
    entries: (number) => all[number].whole(),
    at(number, indices) {
      const { map, tensor, whole } = all[number];
      const range = tensor.bytes <= held ? undefined : stretchOf(indices);
      if (range === undefined) return entriesAt(whole(), indices);
      if (range.most >= map.length) throw new RangeError(`index ${range.most} is outside a map of ${map.length} entries`); // prettier-ignore
      const entries = entriesFrom(map, tensor, range.least, range.most + 1);
      return indices.map((index) => (index === none ? none : entries[index - range.least]));
    },
  };
}

function entriesFrom({ bits }: ManifestMap, { read }: StoredTensor, from: number, to: number): MapEntries {
  const first = from - (from % 8); // eight of them begin with a byte
  const byte = (first * bits) / 8;
  const packed = read(byte, Math.ceil((to * bits) / 8) - byte);
  return Uint32Array.from({ length: to - from }, (_, i) => bitsAt(packed, bits, from - first + i));
}

/** The least and the largest index; undefined where there is none, or where most of what lies between is not asked for. */
function stretchOf(indices: Uint32Array): { least: number; most: number } | undefined {
  let [least, most] = [none, -1];
  for (const index of indices) {
    if (index === none) continue;
    if (index < least) least = index;
    if (index > most) most = index;
  }
  return most >= 0 && most - least < spread * indices.length ? { least, most } : undefined;
}
