import { bitsFor, idMap, type IdMap, type Indices } from '../../harness/contract/indices.ts';
import type { Lookup } from '../../harness/contract/method.ts';
import { bitmapStretch } from '../../harness/contract/storage.ts';
import { positionIn, rankedBitmap, type RankedBitmap } from './ranked-bitmap.ts';

/** What has to be stored of a set of ids, values aside. */
export type IdSetShape = readonly Omit<IdMap, 'values'>[];

/**
 * `count` of the numbers below `length`: the sorted list of them, or a bit for each number and how many come before every
 * 512 of them, whichever is fewer bytes.
 */
export function idSetShape(length: number, count: number): IdSetShape {
  const list = { length: count, bits: bitsFor(length) };
  const bitmap = { length, bits: 1 };
  const before = { length: Math.ceil(length / bitmapStretch), bits: bitsFor(count + 1) };
  return mapBytes([list]) <= mapBytes([bitmap, before]) ? [list] : [bitmap, before];
}

export function mapBytes(maps: IdSetShape): number {
  return maps.reduce((sum, { length, bits }) => sum + Math.ceil((length * bits) / 8), 0);
}

/** Its maps. `chosen`: the numbers in ascending order, as many as `count`; asked for when values are. */
export function idSetMaps(length: number, count: number, chosen: () => Uint32Array): IdMap[] {
  const [first, before] = idSetShape(length, count);
  if (before === undefined) return [idMap(first.length, first.bits, chosen)];
  const flags = () => {
    const bits = new Uint32Array(length);
    for (const number of chosen()) bits[number] = 1;
    return bits;
  };
  const ranks = () => {
    const numbers = chosen();
    let position = 0;
    return Uint32Array.from({ length: before.length }, (_, stretch) => {
      while (position < count && numbers[position] < stretch * bitmapStretch) position++;
      return position;
    });
  };
  return [idMap(first.length, first.bits, flags), idMap(before.length, before.bits, ranks)];
}

/**
 * Position of each id of a batch among those of a set over all fields, `none` where it is not in it: [batch, fields].
 * `maps`: those of the set; `offsets`: the number of each field's first id. The maps are read once.
 */
export function positionsIn(
  maps: readonly IdMap[],
  offsets: readonly number[],
): (lookup: Pick<Lookup, 'compute'>) => Indices {
  const fields = offsets.length;
  let bitmap: RankedBitmap | undefined;
  return ({ compute }) =>
    compute((ids) => {
      const set = (bitmap ??= readSet(maps));
      const positions = new Uint32Array(ids.length);
      for (let at = 0; at < ids.length; at += fields)
        for (let f = 0; f < fields; f++) positions[at + f] = positionIn(set, offsets[f] + ids[at + f]);
      return positions;
    }, fields);
}

function readSet([first, before]: readonly IdMap[]): RankedBitmap {
  if (before === undefined) return rankedBitmap(1 + (first.values.at(-1) ?? 0), first.values);
  const chosen = new Uint32Array(first.values.reduce((sum, bit) => sum + bit, 0));
  let found = 0;
  first.values.forEach((bit, number) => {
    if (bit === 1) chosen[found++] = number;
  });
  const set = rankedBitmap(first.length, chosen);
  // Where each stretch of words begins is what is stored.
  const words = bitmapStretch / 32;
  const starts = before.values;
  return {
    ...set,
    before: set.before.map((rank, word) => {
      const stretch = Math.floor(word / words);
      return starts[stretch] + rank - set.before[stretch * words];
    }),
  };
}
