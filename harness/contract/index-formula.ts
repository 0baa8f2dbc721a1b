import type { IdMap, PerField } from './indices.ts';

/**
 * Index arithmetic in words, for lookups that a function of a batch's ids computes (`Lookup.compute`). A trained layer is served elsewhere
 * by readers that know these operations alone, so that a plan whose lookups have no formula cannot be exported. Everything but `or` and
 * `unless` leaves `none` as it is. [batch, fields], unsigned 32-bit integers that wrap.
 */
export interface IndexFormula {
  readonly fields: number;
  plus(addend: PerField): IndexFormula;
  times(factor: PerField): IndexFormula;
  div(divisor: PerField): IndexFormula;
  mod(divisor: PerField): IndexFormula;
  and(mask: PerField): IndexFormula;
  hash(seed: PerField): IndexFormula;
  within(from: PerField, to: PerField): IndexFormula;
  pick(fields: readonly number[]): IndexFormula;
  through(map: IdMap): IndexFormula;
  /** The columns of all, side by side. */
  with(...others: readonly IndexFormula[]): IndexFormula;
  /** Sums, element by element. */
  add(other: IndexFormula): IndexFormula;
  /** The other's element where this one's is `none`. */
  or(other: IndexFormula): IndexFormula;
  /** `none` where the other's element is a number. */
  unless(other: IndexFormula): IndexFormula;
  /** Positions in a set of ids, `none` for those that are not in it. */
  among(set: StoredSet): IndexFormula;
  /** Positions in all that is not in a set of ids, `none` for those that are. */
  besides(set: StoredSet): IndexFormula;
  /** Positions of the ids of a class, `none` for those of others. Columns are fields. */
  ofClass(classes: StoredClassForm, label: number): IndexFormula;
  /** Slots of a hash table with open addressing, `none` for keys that have none. */
  probed(slots: StoredSlots): IndexFormula;
  /** 1 for a number, 0 for `none`. */
  known(): IndexFormula;
}

/** A set of ids 0 .. ids - 1, as its maps have it. */
export interface StoredSet {
  /**
   * `list`: one map, the sorted ids; `ids` fills it up. `bitmap`: words of 32 bits, the id 0 in the lowest bit of the first, and then, unless there
   * is one stretch alone, the number of members before every further `stretch` ids. No map at all: the set is empty.
   */
  readonly form: 'list' | 'bitmap';
  readonly ids: number;
  readonly stretch: number;
  readonly maps: readonly IdMap[];
}

/** Classes of the ids of several fields, numbered field after field; positions are counted in each class. */
export interface StoredClassForm {
  /** The first number of each field. */
  readonly offsets: readonly number[];
  readonly ids: number;
  readonly classes: number;
  /** Classes below this have positions; the others have the position 0 alone. */
  readonly stored: number;
  /** Numbers whose class members are counted together. */
  readonly stretch: number;
  /**
   * `labels`: the class of every number, and for every stretch the members of each stored class before it [stretches, stored].
   * `set`: the same of the members of a set, all others being of the last class. `runs`: runs in each field, first ids of runs, their classes.
   */
  readonly form: 'labels' | 'set' | 'runs';
  readonly set?: StoredSet;
  readonly maps: readonly IdMap[];
}

/** Keys in slots. A key is in one of `probes` slots from hash(key) mod slots on, and before the first empty one. */
export interface StoredSlots {
  readonly keys: IdMap;
  readonly probes: number;
  /** The value of a slot without a key. */
  readonly empty: number;
  readonly seed: number;
}
