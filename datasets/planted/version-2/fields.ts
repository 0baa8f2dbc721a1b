/** Ids of a field, row by row: its law of ranks, missing values, and ids that are born during the week. */
import { deriveSeed, mix32 } from '../../../base/hash.ts';
import type { CategoryColumn } from '../columns.ts';
import { uniformDraw } from '../draws.ts';
import { type RankLaw, rankOf } from '../zipf.ts';
import { change, largeField, steadyRanks } from './parts.ts';
import { dayCount } from './week.ts';

export function lawOf(column: CategoryColumn, scale: number): RankLaw {
  const smallest = Math.min(column.cardinality, 3);
  return { ...column, cardinality: Math.max(smallest, Math.ceil(column.cardinality * scale)) };
}

/** Writes the ranks of rows start, start+1, ... of one day to ids[at ...], -1 for missing. */
export function idsOf(column: CategoryColumn, seed: number, scale: number, drift: number) {
  const { missing } = column;
  const rank = rankOf(lawOf(column, scale));
  const position = uniformDraw(seed, `id/${column.family}`);
  const absent = uniformDraw(seed, `missing/${column.group}`);
  const born = column.cardinality > largeField && drift > 0 ? bornOf(column, seed, drift) : undefined;
  return (start: number, size: number, day: number, ids: Int32Array, at: number): void => {
    for (let row = start; row < start + size; row++, at++) {
      let id = missing > 0 && absent(row) < missing ? -1 : rank(position(row));
      // A more frequent id, with half the rank, stands in for one that is not born yet.
      if (born) while (id >= steadyRanks && born(id) > day) id >>>= 1;
      ids[at] = id;
    }
  };
}

/** The day on which an id is first seen: 0 for most. */
function bornOf(column: CategoryColumn, seed: number, drift: number) {
  const key = deriveSeed(seed, 'born', column.name);
  const late = change.lateBirths * drift;
  const perDay = (dayCount - 1) / late;
  return (id: number): number => {
    const u = mix32(mix32(id ^ key) + key) * 2 ** -32;
    return u < late ? 1 + Math.floor(u * perDay) : 0;
  };
}
