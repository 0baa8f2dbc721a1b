import type { IdMap, Indices } from '../../../harness/contract/indices.ts';
import type { Layer, Lookup } from '../../../harness/contract/method.ts';
import { idSet } from './id-set.ts';
import { countIds, fieldOffsets } from '../rows/table-parts.ts';

/** Some of the ids of all fields, numbered one field after the other. */
export interface ChosenIds {
  readonly maps: readonly IdMap[];
  /** Positions of each field's, from one up to before the other. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Positions of a batch's ids among them, `none` where they are not: [batch, fields]. */
  readonly columns: (lookup: Pick<Lookup, 'compute'>) => Indices;
  /** Positions among all others, `none` for those that are chosen: [batch, fields]. */
  readonly otherColumns: (lookup: Pick<Lookup, 'compute'>) => Indices;
}

/** `chosen`: ascending. */
export function chosenIds({ fields }: Pick<Layer, 'fields'>, chosen: Uint32Array): ChosenIds {
  const offsets = fieldOffsets(fields);
  const ids = countIds(fields);
  const set = idSet({ ids, capacity: chosen.length }, () => chosen);
  const starts = offsets.map((offset) => countBelow(chosen, offset));
  const numbers = (batch: Uint32Array) => batch.map((id, at) => offsets[at % offsets.length] + id);
  return {
    maps: set.maps,
    starts,
    ends: [...starts.slice(1), chosen.length],
    columns: ({ compute }) =>
      compute(
        (batch) => set.positionsOf(numbers(batch)),
        fields.length,
        (ids) => ids.plus(offsets).among(set.stored),
      ),
    otherColumns: ({ compute }) =>
      compute(
        (batch) => set.positionsBeside(numbers(batch)),
        fields.length,
        (ids) => ids.plus(offsets).besides(set.stored),
      ),
  };
}

function countBelow(sorted: Uint32Array, end: number): number {
  const first = sorted.findIndex((number) => number >= end);
  return first < 0 ? sorted.length : first;
}
