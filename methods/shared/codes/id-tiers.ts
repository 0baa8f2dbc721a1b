import { none } from '../../../harness/contract/backend.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { IndexFormula } from '../../../harness/contract/index-formula.ts';
import type { IdMap, Indices } from '../../../harness/contract/indices.ts';
import type { Lookup } from '../../../harness/contract/method.ts';
import { hottestOf, sortedByCount } from '../frequency/hot-ids.ts';
import { idSet, type IdSet } from '../id-sets/id-set.ts';

/** Number of ids of each field in the two tiers above the rest, the most frequent ids first. */
export interface TierSizes {
  readonly hot: readonly number[];
  readonly warm: readonly number[];
}

/** Positions of a batch's ids in their tier, `none` in the other tiers: each [batch, fields]. */
export interface Tiered {
  readonly hot: Indices;
  readonly warm: Indices;
  readonly rest: Indices;
}

/** The ids of some fields in tiers by training count, and what it takes to tell the tiers apart. */
export interface IdTiers {
  /** Nothing for fields whose ids are in the order of their counts; which ids have a tier, and which of those are hot, for others. */
  readonly maps: readonly IdMap[];
  /** Undefined if all ids are hot: their positions are the ids. */
  part(lookup: Pick<Lookup, 'ids' | 'compute'>): Tiered | undefined;
  /** Ids of a tier in the order of their positions, ascending. `at`: of which of the fields. */
  hotIds(at: number): Uint32Array;
  /** The same of the hot ids, so many at a time: all together may be more than is to be held. */
  hotPieces(at: number, size: number): Iterable<Uint32Array>;
  warmIds(at: number): Uint32Array;
  restIds(at: number): Uint32Array;
}

/** `members`: the fields that have tiers, with a size for each. `sorted`: see sortedByCount, of all fields. */
export function idTiers(
  fields: readonly Field[],
  members: readonly number[],
  { hot, warm }: TierSizes,
  sorted: readonly boolean[] = sortedByCount(fields),
): IdTiers {
  const told = members.map((f, at) => toldApart(fields[f], hot[at], hot[at] + warm[at], sorted[f]));
  const ends = members.map((f) => fields[f].cardinality);
  const coded = hot.map((count, at) => count + warm[at]);
  const zeros = members.map(() => 0);
  const allHot = members.every((f, at) => hot[at] === fields[f].cardinality);
  const columns = [0, 1, 2].map((tier) => members.map((_, at) => tier * members.length + at));
  return {
    maps: told.flatMap(({ sets }) => sets.flatMap((set) => set?.maps ?? [])),
    part({ ids, compute }) {
      if (allHot) return undefined;
      if (told.every(({ sets }) => sets.every((set) => set === undefined))) {
        const own = ids.pick(members);
        return { hot: own.within(zeros, hot), warm: own.within(hot, coded), rest: own.within(coded, ends) };
      }
      const rowsOf = (batch: Uint32Array) => {
        const samples = batch.length / fields.length;
        const parted = new Uint32Array(3 * samples * members.length).fill(none);
        for (let row = 0; row < samples; row++)
          members.forEach((f, at) => {
            const [tier, position] = told[at].placeOf(batch[row * fields.length + f]);
            parted[(3 * row + tier) * members.length + at] = position;
          });
        return parted;
      };
      const all = compute(rowsOf, 3 * members.length, (all) => {
        const tiers = told.map(({ formula }, at) => formula(all.pick([members[at]])));
        const [first, ...others] = [0, 1, 2].flatMap((tier) => tiers.map((parts) => parts[tier]));
        return first.with(...others);
      });
      return { hot: all.pick(columns[0]), warm: all.pick(columns[1]), rest: all.pick(columns[2]) };
    },
    hotIds: (at) => told[at].idsOf(0),
    hotPieces: (at, size) => told[at].hotPieces(size),
    warmIds: (at) => told[at].idsOf(1),
    restIds: (at) => told[at].idsOf(2),
  };
}

function idsFrom(from: number, to: number): Uint32Array {
  const ids = new Uint32Array(to - from);
  for (let id = from; id < to; id++) ids[id - from] = id;
  return ids;
}

type Tier = 0 | 1 | 2;

interface ToldApart {
  /** The sets of ids that have a tier, and of the hot ones among those; undefined if none is needed. */
  readonly sets: readonly [IdSet | undefined, IdSet | undefined];
  placeOf(id: number): [tier: Tier, position: number];
  /** Positions in each tier, of a column of ids. */
  readonly formula: (ids: IndexFormula) => readonly [IndexFormula, IndexFormula, IndexFormula];
  idsOf(tier: Tier): Uint32Array;
  hotPieces(size: number): Iterable<Uint32Array>;
}

function toldApart(field: Field, hot: number, coded: number, sorted: boolean): ToldApart {
  const { cardinality } = field;
  const someOf = (count: number, all: number, members: () => Uint32Array) =>
    sorted || count === 0 || count === all ? undefined : idSet({ ids: all, capacity: count }, members);
  const ofCoded = someOf(coded, cardinality, () => hottestOf(field, coded));
  const codedPosition = (id: number) => {
    if (ofCoded !== undefined) return ofCoded.positionOf(id);
    return id < coded ? id : none;
  };
  const ofHot = someOf(hot, coded, () => hottestOf(field, hot).map(codedPosition));
  const placeOf = (id: number): [Tier, number] => {
    const position = codedPosition(id);
    if (position === none) return [2, 0];
    if (ofHot === undefined) return position < hot ? [0, position] : [1, position - hot];
    const among = ofHot.positionOf(position);
    if (among !== none) return [0, among];
    return [1, ofHot.positionBeside(position)];
  };
  return {
    sets: [ofCoded, ofHot],
    placeOf,
    *hotPieces(size) {
      if (ofCoded === undefined && ofHot === undefined) {
        for (let from = 0; from < hot; from += size) yield idsFrom(from, Math.min(hot, from + size));
        return;
      }
      for (let found = 0, id = 0; found < hot;) {
        const piece = new Uint32Array(Math.min(size, hot - found));
        for (let at = 0; at < piece.length; id++) if (placeOf(id)[0] === 0) piece[at++] = id;
        found += piece.length;
        yield piece;
      }
    },
    idsOf(tier) {
      if (ofCoded === undefined && ofHot === undefined) {
        const [from, to] = [[0, hot], [hot, coded], [coded, cardinality]][tier]; // prettier-ignore
        return idsFrom(from, to);
      }
      const ids = new Uint32Array([hot, coded - hot, cardinality - coded][tier]);
      for (let id = 0, found = 0; id < cardinality; id++) if (placeOf(id)[0] === tier) ids[found++] = id;
      return ids;
    },
    formula(ids) {
      const above = ofCoded ? ids.among(ofCoded.stored) : ids.within(0, coded);
      const rest = ids.times(0).unless(above);
      if (ofHot === undefined) return [above.within(0, hot), above.within(hot, coded), rest];
      return [above.among(ofHot.stored), above.besides(ofHot.stored), rest];
    },
  };
}
