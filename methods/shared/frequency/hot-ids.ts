import { none } from '../../../harness/contract/backend.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { IndexFormula } from '../../../harness/contract/index-formula.ts';
import type { IdMap, Indices } from '../../../harness/contract/indices.ts';
import type { Lookup } from '../../../harness/contract/method.ts';
import { idSet, type IdSet } from '../id-sets/id-set.ts';

/** The most frequent ids of each field by training count, and what it takes to tell them from the others. */
export interface HotIds {
  /** The hot ids of each field whose ids are not in the order of their counts. */
  readonly maps: readonly IdMap[];
  /** The ids of a batch parted in two, each [batch, fields]. */
  part(lookup: Pick<Lookup, 'ids' | 'compute'>): HotAndCold;
  /** The two side by side, hot ones first: [batch, 2 fields]. */
  columns(lookup: Pick<Lookup, 'ids' | 'compute'>): Indices;
  /** Positions alone, in this process: of ids row-major [batch, fields]. */
  positionsOf(ids: Uint32Array): Uint32Array;
  /** The same as a formula. */
  positions(ids: IndexFormula): IndexFormula;
}

export interface HotAndCold {
  /** Position among the hot ids of the field, in the order of the ids; `none` for ids that are not hot. */
  readonly hot: Indices;
  /** The id itself where it is not hot, `none` where it is. */
  readonly cold: Indices;
}

/**
 * `hot`: how many ids of each field are hot. `sorted`: of each field, whether ids are in the order of their counts; given
 * where many numbers are tried, because it takes a pass over all ids.
 */
export function hotIds(
  fields: readonly Field[],
  hot: readonly number[],
  sorted = sortedByCount(fields),
): HotIds {
  // All ids, none, or the first ones: told by arithmetic.
  const listed = fields.map(({ cardinality }, f) => !sorted[f] && hot[f] > 0 && hot[f] < cardinality);
  const found = listed.includes(true) ? storedIds(fields, hot, listed) : firstIds(fields, hot);
  const first = [...fields.keys()];
  const second = first.map((f) => f + fields.length);
  return {
    ...found,
    part(lookup) {
      const both = found.columns(lookup);
      return { hot: both.pick(first), cold: both.pick(second) };
    },
  };
}

function firstIds(fields: readonly Field[], hot: readonly number[]): Omit<HotIds, 'part'> {
  const both = [...fields.keys(), ...fields.keys()];
  const zeros = fields.map(() => 0);
  const ends = fields.map(({ cardinality }) => cardinality);
  const [from, to] = [
    [...zeros, ...hot],
    [...hot, ...ends],
  ];
  return {
    maps: [],
    // `within` counts from where it starts.
    columns: ({ ids }) => ids.pick(both).within(from, to).plus(from),
    positionsOf: (ids) =>
      positionsIn(
        ids,
        hot,
        fields.map(() => undefined),
      ),
    positions: (ids) => ids.within(zeros, hot),
  };
}

function storedIds(
  fields: readonly Field[],
  hot: readonly number[],
  listed: readonly boolean[],
): Omit<HotIds, 'part'> {
  const sets = fields.map((field, f) =>
    listed[f]
      ? idSet({ ids: field.cardinality, capacity: hot[f] }, () => hottestOf(field, hot[f]))
      : undefined,
  );
  const positions = (ids: IndexFormula) => {
    const [first, ...others] = sets.map((set, f) => {
      const own = ids.pick([f]);
      return set === undefined ? own.within(0, hot[f]) : own.among(set.stored);
    });
    return first.with(...others);
  };
  return {
    maps: sets.flatMap((set) => set?.maps ?? []),
    columns: ({ compute }) =>
      compute(
        (ids) => partBatch(ids, hot, sets),
        2 * fields.length,
        (ids) => {
          const own = positions(ids);
          return own.with(ids.unless(own));
        },
      ),
    positionsOf: (ids) => positionsIn(ids, hot, sets),
    positions,
  };
}

/** For each field true if its ids are in the order of their counts, the most frequent first. */
export function sortedByCount(fields: readonly Field[]): boolean[] {
  return fields.map(({ counts }) => {
    for (let id = 1; id < counts.length; id++) if (counts[id - 1] < counts[id]) return false;
    return true;
  });
}

/** The `hot` most frequent ids, in the order of the ids; of those seen equally often, the first. */
export function hottestOf({ counts }: Field, hot: number): Uint32Array {
  const lowest = Uint32Array.from(counts).sort()[counts.length - hot];
  let ties = hot;
  for (const count of counts) if (count > lowest) ties--;
  const chosen = new Uint32Array(hot);
  let found = 0;
  for (let id = 0; id < counts.length; id++)
    if (counts[id] > lowest || (counts[id] === lowest && ties-- > 0)) chosen[found++] = id;
  return chosen;
}

function positionsIn(
  ids: Uint32Array,
  hot: readonly number[],
  sets: readonly (IdSet | undefined)[],
): Uint32Array {
  const positions = new Uint32Array(ids.length);
  for (let at = 0; at < ids.length;)
    for (let f = 0; f < hot.length; f++, at++) {
      const set = sets[f];
      const first = ids[at] < hot[f] ? ids[at] : none;
      positions[at] = set === undefined ? first : set.positionOf(ids[at]);
    }
  return positions;
}

/** [batch, fields] ids to [batch, 2 fields]: positions of the hot ones, then the others. */
function partBatch(
  ids: Uint32Array,
  hot: readonly number[],
  sets: readonly (IdSet | undefined)[],
): Uint32Array {
  const fields = hot.length;
  const parted = new Uint32Array(2 * ids.length).fill(none);
  for (let at = 0, to = 0; at < ids.length; to += fields)
    for (let f = 0; f < fields; f++, at++, to++) {
      const id = ids[at];
      const set = sets[f];
      const first = id < hot[f] ? id : none;
      const position = set === undefined ? first : set.positionOf(id);
      if (position === none) parted[to + fields] = id;
      else parted[to] = position;
    }
  return parted;
}
