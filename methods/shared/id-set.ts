import { none } from '../../harness/contract/backend.ts';
import { bitsFor, idMap, type IdMap } from '../../harness/contract/indices.ts';
import { ones } from './ranked-bitmap.ts';
import { bitmapStretch } from '../../harness/contract/storage.ts';
import { sizeOf } from '../../harness/contract/size.ts';

/** Some of the ids 0 .. ids - 1, as it is stored: looked up in the values of its maps, whoever has put them there. */
export interface IdSet {
  readonly maps: readonly IdMap[];
  /** Position of an id among those of the set, in ascending order; `none` where it is not one of them. */
  positionOf(id: number): number;
  /** The same of many; `none` is not one of them. */
  positionsOf(ids: Uint32Array): Uint32Array;
}

export interface SetShape {
  /** From 0 on, among which it chooses. */
  readonly ids: number;
  /** Of the set, at most. */
  readonly capacity: number;
}

type MapShape = Omit<IdMap, 'values'>;

/**
 * What is stored of such a set, whichever ids it will have: the sorted list, or a bit per id with the members before every
 * 512 of them, where that is fewer bytes.
 */
export function idSetMaps({ ids, capacity }: SetShape): readonly MapShape[] {
  if (capacity === 0) return [];
  const list = [{ length: capacity, bits: bitsFor(ids + 1) }];
  const bitmap = [
    { length: Math.ceil(ids / 32), bits: 32 },
    { length: Math.ceil(ids / bitmapStretch), bits: bitsFor(capacity + 1) },
  ];
  return bytes(bitmap) < bytes(list) ? bitmap : list;
}

/** `members`: ascending, different from each other. Throws a RangeError where they are more than its capacity. */
export function idSet(shape: SetShape, members: Uint32Array): IdSet {
  if (members.length > shape.capacity)
    throw new RangeError(`${members.length} ids in a set of at most ${shape.capacity}`);
  const shapes = idSetMaps(shape);
  const values = shapes.length === 1 ? listOf(shape, members) : bitmapOf(shape, members);
  const positionOf =
    shapes.length === 0
      ? () => none
      : values.length === 1
        ? inList(values[0])
        : inBitmap(values[0], values[1]);
  return {
    maps: shapes.map(({ length, bits }, i) => idMap(length, bits, () => values[i])),
    positionOf,
    positionsOf: (ids) => ids.map((id) => (id === none ? none : positionOf(id))),
  };
}

const bytes = (maps: readonly MapShape[]) => sizeOf({ tables: [], maps }).servingBytes;

/** Places that are left hold an id that there is not. */
function listOf({ ids, capacity }: SetShape, members: Uint32Array): Uint32Array[] {
  const list = new Uint32Array(capacity).fill(ids);
  list.set(members);
  return [list];
}

function inList(list: Uint32Array): IdSet['positionOf'] {
  return (id) => {
    let [low, high] = [0, list.length]; // the first entry from `id` on is in low..high
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (list[middle] < id) low = middle + 1;
      else high = middle;
    }
    return list[low] === id ? low : none;
  };
}

const wordsPerStretch = bitmapStretch / 32;

function bitmapOf({ ids }: SetShape, members: Uint32Array): Uint32Array[] {
  const words = new Uint32Array(Math.ceil(ids / 32));
  const before = new Uint32Array(Math.ceil(ids / bitmapStretch));
  for (const id of members) words[id >>> 5] |= 1 << (id & 31);
  let position = 0;
  for (let stretch = 0; stretch < before.length; stretch++) {
    while (position < members.length && members[position] < stretch * bitmapStretch) position++;
    before[stretch] = position;
  }
  return [words, before];
}

function inBitmap(words: Uint32Array, before: Uint32Array): IdSet['positionOf'] {
  return (id) => {
    const at = id >>> 5;
    const bit = 1 << (id & 31);
    if ((words[at] & bit) === 0) return none;
    const stretch = Math.floor(at / wordsPerStretch);
    let position = before[stretch] + ones(words[at] & (bit - 1));
    for (let word = stretch * wordsPerStretch; word < at; word++) position += ones(words[word]);
    return position;
  };
}
