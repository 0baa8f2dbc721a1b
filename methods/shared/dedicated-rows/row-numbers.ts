import { deriveSeed, hash32 } from '../../../base/hash.ts';
import { none } from '../../../harness/contract/backend.ts';
import type { IndexFormula } from '../../../harness/contract/index-formula.ts';
import type { Layer, TablePart } from '../../../harness/contract/method.ts';
import { countIds, firstRows, fieldOffsets, idInit } from '../rows/table-parts.ts';

/** A table of rows that single ids have to themselves, then those of each field, then those of a second hash. */
export interface DedicatedRowsShape {
  /** Rows for ids that have one to themselves, before those of the fields. */
  readonly dedicated: number;
  /** Fields with a row for every id. */
  readonly uncompressed: readonly boolean[];
  /** Rows of each field: as many as ids where it is uncompressed; 0 if ids without a row are vectors of zeros. */
  readonly rows: readonly number[];
  /** Rows of each field for a second hash, whose rows are added; empty if there is none. */
  readonly secondRows: readonly number[];
  /** Ids at most that are told apart at a time: those with a row, and those that are known for other reasons. */
  readonly tracked: number;
}

/** Training's findings about ids, by their keys: ids of compressed fields have keys, field after field. */
export interface FrequencyTiers {
  /** The dedicated row of each id, `none` where it is hashed; `none` is no id. */
  rowsOf(keys: Uint32Array): Uint32Array;
  /** 1 if an id, if it is hashed, is hashed twice. */
  hashedTwice(keys: Uint32Array): Uint8Array;
  /** The same in words, where no step changes the tiers: rows, and a number for each id that is hashed twice. */
  readonly formula?: {
    readonly rows: (keys: IndexFormula) => IndexFormula;
    readonly twice: (keys: IndexFormula) => IndexFormula;
  };
}

/** The tiers before any id has a row. */
export const noDedicatedRows: FrequencyTiers = {
  rowsOf: (keys) => keys.map(() => none),
  hashedTwice: (keys) => new Uint8Array(keys.length),
  formula: { rows: (keys) => keys.within(0, 0), twice: (keys) => keys.within(0, 0) },
};

/** Keys of ids, and the rows that ids are looked up in. */
export class RowNumbers {
  readonly parts: readonly TablePart[];
  /** Number of keys. */
  readonly keys: number;
  /** The first key of each field, and the number of all keys. */
  readonly bounds: readonly number[];
  private readonly shape: DedicatedRowsShape;
  private readonly first: readonly number[];
  private readonly second: readonly number[];
  private readonly seeds: readonly number[];
  private readonly secondSeeds: readonly number[];

  constructor({ fields, seed }: Pick<Layer, 'fields' | 'seed'>, shape: DedicatedRowsShape) {
    const { dedicated, uncompressed, rows, secondRows } = shape;
    this.shape = shape;
    // Dedicated rows are copies by the time they are looked up; second rows begin by leaving the first as they are.
    const zeros = { mean: 0, halfWidth: 0 };
    this.parts = [
      { rows: dedicated, init: zeros },
      ...rows.map((n, f) => ({ rows: n, init: idInit(fields[f].cardinality) })),
      ...secondRows.map((n) => ({ rows: n, init: zeros })),
    ];
    const starts = firstRows(this.parts);
    this.first = starts.slice(1, 1 + fields.length);
    this.second = starts.slice(1 + fields.length);
    const keyed = fields.map(({ cardinality }, f) => ({ cardinality: uncompressed[f] ? 0 : cardinality }));
    this.keys = countIds(keyed);
    this.bounds = [...fieldOffsets(keyed), this.keys];
    [this.seeds, this.secondSeeds] = [0, 1].map((t) =>
      fields.map((_, f) => deriveSeed(seed, 'owned-rows', f, t)),
    );
  }

  /** Keys of a batch, row-major [batch, fields]; `none` for ids of uncompressed fields, and for cells that do not count. */
  keysOf(batch: Uint32Array, counted?: Uint8Array): Uint32Array {
    const { bounds } = this;
    const { uncompressed } = this.shape;
    const fields = uncompressed.length;
    const keys = new Uint32Array(batch.length);
    for (let at = 0; at < batch.length;)
      for (let field = 0; field < fields; field++, at++)
        keys[at] = uncompressed[field] || counted?.[at] === 0 ? none : bounds[field] + batch[at];
    return keys;
  }

  /** [batch, fields], or [batch, 2 fields] where there is a second hash: `none` where an id does not use it. */
  rowsOf(batch: Uint32Array, tiers: FrequencyTiers): Uint32Array {
    const fields = this.first.length;
    const keys = this.keysOf(batch);
    const own = tiers.rowsOf(keys);
    const twice = this.shape.secondRows.length > 0;
    const second = twice ? tiers.hashedTwice(keys) : undefined;
    const numbers = new Uint32Array(twice ? 2 * batch.length : batch.length).fill(none);
    for (let at = 0, to = 0; at < batch.length; to += twice ? fields : 0)
      for (let field = 0; field < fields; field++, at++, to++) {
        const hashed = own[at] === none;
        numbers[to] = hashed ? this.sharedRow(field, batch[at]) : own[at];
        if (hashed && second?.[at] === 1) numbers[to + fields] = this.secondRow(field, batch[at]);
      }
    return numbers;
  }

  /** `rowsOf` in words. */
  rowsIn(ids: IndexFormula, { rows, twice }: NonNullable<FrequencyTiers['formula']>): IndexFormula {
    const { uncompressed, rows: counts, secondRows } = this.shape;
    const columns = counts.map((count, f) => {
      const id = ids.pick([f]);
      // No key for ids of uncompressed fields.
      const key = uncompressed[f] ? id.within(0, 0) : id.plus(this.bounds[f]);
      const own = rows(key);
      const hashed = uncompressed[f] ? id : id.hash(this.seeds[f]).mod(Math.max(1, count));
      const shared = count === 0 ? id.within(0, 0) : hashed.plus(this.first[f]);
      const first = own.or(shared);
      if (secondRows.length === 0) return { first };
      const again = id.hash(this.secondSeeds[f]).mod(Math.max(1, secondRows[f])).plus(this.second[f]);
      const once = id.unless(twice(key));
      return { first, second: again.unless(once).unless(own) };
    });
    const [first, ...others] = [
      ...columns.map((column) => column.first),
      ...columns.flatMap(({ second }) => second ?? []),
    ];
    return first.with(...others);
  }

  /** The row of an id without a dedicated one: its own in an uncompressed field, else the one it is hashed to. */
  sharedRow(field: number, id: number): number {
    const { uncompressed, rows } = this.shape;
    if (rows[field] === 0) return none;
    return this.first[field] + (uncompressed[field] ? id : hash32(id, this.seeds[field]) % rows[field]);
  }

  /** The row that the second hash leads to. */
  secondRow(field: number, id: number): number {
    return this.second[field] + (hash32(id, this.secondSeeds[field]) % this.shape.secondRows[field]);
  }

  idOf(key: number): { field: number; id: number } {
    const { bounds } = this;
    let field = bounds.length - 2;
    while (bounds[field] > key) field--; // a field without keys ends where it begins
    return { field, id: key - bounds[field] };
  }
}
