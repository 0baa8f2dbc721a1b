import * as tf from '../../../tensors/index.ts';
import { none } from '../../../harness/contract/backend.ts';
import type { Layer, Lookup, Plan, Step, Table, ToldApart } from '../../../harness/contract/method.ts';
import { idsOfUncompressed } from '../../../harness/contract/keys.ts';
import { deriveSeed, hash32 } from '../../../base/hash.ts';
import { firstRows, idInit } from '../rows/table-parts.ts';
import { slotsPerBucket } from '../../cafe/sketch-state.ts';
import { sum } from '../../../base/sum.ts';

export interface OwnedRowsShape {
  /** Rows before those of the fields, for ids that own one. */
  readonly hotRows: number;
  /** Fields with a row for every id. */
  readonly whole: readonly boolean[];
  /** Rows of each field, as many as ids where it is whole; 0 where ids that own none look up zeros. */
  readonly rows: readonly number[];
  /** Rows of each field for a second hash, whose rows are added; empty where there is none. */
  readonly secondRows: readonly number[];
}

/** What ids are, by their keys: the ids of fields that are not whole have some, counted on over these fields. */
export interface Tiers {
  /** The rows that ids own, `none` where they are hashed; `none` is no id. */
  hotRows(keys: Uint32Array): Uint32Array;
  /** 1 where an id, if it is hashed, is so twice. */
  medium(keys: Uint32Array): Uint8Array;
}

/** Before any id owns a row. */
export const noTiers: Tiers = {
  hotRows: (keys) => keys.map(() => none),
  medium: (keys) => new Uint8Array(keys.length),
};

/**
 * One table of rows that ids own and rows that ids are hashed to, so that an id that gets a row takes along what it had:
 * row and optimizer state.
 */
export class OwnedRows {
  readonly table: Table;
  /** How many keys there are. */
  readonly keys: number;
  /** Where the keys of each field begin, and where the last ones end. */
  readonly bounds: readonly number[];
  readonly shape: OwnedRowsShape;
  private readonly fields: Layer['fields'];
  private readonly first: readonly number[];
  private readonly second: readonly number[];
  private readonly seeds: readonly number[];
  private readonly secondSeeds: readonly number[];

  constructor({ fields, dim, seed }: Layer, shape: OwnedRowsShape) {
    const { hotRows, whole, rows, secondRows } = shape;
    this.shape = shape;
    this.fields = fields;
    // Hot rows are copies by the time they are looked up; second rows begin by leaving the first as they are.
    const zeros = { mean: 0, halfWidth: 0 };
    const parts = [
      { rows: hotRows, init: zeros },
      ...rows.map((n, f) => ({ rows: n, init: idInit(fields[f].cardinality) })),
      ...secondRows.map((n) => ({ rows: n, init: zeros })),
    ];
    this.table = { width: dim, parts };
    const starts = firstRows(parts);
    this.first = starts.slice(1, 1 + fields.length);
    this.second = starts.slice(1 + fields.length);
    const keyed = fields.map(({ cardinality }, f) => ({ rows: whole[f] ? 0 : cardinality }));
    this.keys = sum(keyed.map(({ rows }) => rows));
    this.bounds = [...firstRows(keyed), this.keys];
    [this.seeds, this.secondSeeds] = [0, 1].map((t) =>
      fields.map((_, f) => deriveSeed(seed, 'owned-rows', f, t)),
    );
  }

  /** Of a batch, row-major [batch, fields]; `none` for ids of whole fields. */
  keysOf(batch: Uint32Array): Uint32Array {
    const { bounds } = this;
    const { whole } = this.shape;
    const fields = whole.length;
    const keys = new Uint32Array(batch.length);
    for (let at = 0; at < batch.length;)
      for (let field = 0; field < fields; field++, at++)
        keys[at] = whole[field] ? none : bounds[field] + batch[at];
    return keys;
  }

  /** All ids of whole fields, and those that may own rows, whichever training finds. */
  get toldApart(): ToldApart {
    const { hotRows, whole, secondRows } = this.shape;
    return {
      ...idsOfUncompressed(this.fields, (f) => whole[f]),
      // Every slot of a sketch beside those of hot ids may hold an id that is hashed twice.
      anyField: hotRows * (secondRows.length > 0 ? slotsPerBucket : 1),
    };
  }

  plan(tiers: Tiers): Plan {
    const { hotRows, rows, secondRows } = this.shape;
    return {
      tables: [this.table],
      choices: { hotRows, rows, ...(secondRows.length > 0 && { secondRows }) },
      toldApart: this.toldApart,
      embed: (lookup) => this.embed(lookup, tiers),
    };
  }

  /** Vectors of a batch: [batch, fields, dim]. The first look-up is of all fields. */
  private embed({ compute, rows, ids }: Lookup, tiers: Tiers): tf.Tensor3D {
    const { table, shape } = this;
    const { fields } = ids;
    if (shape.secondRows.length === 0)
      return rows(
        table,
        compute((batch) => this.rowsOf(batch, tiers), fields),
      );
    const both = compute((batch) => this.rowsOf(batch, tiers), 2 * fields);
    const half = (t: number) =>
      rows(table, both.pick(Array.from({ length: fields }, (_, f) => t * fields + f)));
    return tf.add(half(0), half(1));
  }

  /**
   * Gives rows to ids: what they look up stays as it is. What the optimizer knows of the (first) hashed row goes along where
   * it is to be kept.
   */
  async promote(step: Step, keys: Uint32Array, to: Uint32Array, keepState = true): Promise<void> {
    if (keys.length === 0) return;
    const { table, shape } = this;
    const ids = Array.from(keys, (key) => this.idOf(key));
    const from = Uint32Array.from(ids, ({ field, id }) => this.rowOf(field, id));
    if (keepState) step.copy(table, from, to);
    else step.write(table, to, await step.read(table, from));
    if (shape.secondRows.length === 0) return;
    const sums = await step.read(table, from);
    const second = await step.read(
      table,
      Uint32Array.from(ids, ({ field, id }) => this.secondRowOf(field, id)),
    );
    step.write(
      table,
      to,
      sums.map((x, i) => x + second[i]),
      keepState,
    );
  }

  /** [batch, fields], or [batch, 2 fields] where there is a second hash: `none` where an id does not use it. */
  private rowsOf(batch: Uint32Array, tiers: Tiers): Uint32Array {
    const fields = this.first.length;
    const keys = this.keysOf(batch);
    const hot = tiers.hotRows(keys);
    const twice = this.shape.secondRows.length > 0;
    const medium = twice ? tiers.medium(keys) : undefined;
    const numbers = new Uint32Array(twice ? 2 * batch.length : batch.length).fill(none);
    for (let at = 0, to = 0; at < batch.length; to += twice ? fields : 0)
      for (let field = 0; field < fields; field++, at++, to++) {
        const hashed = hot[at] === none;
        numbers[to] = hashed ? this.rowOf(field, batch[at]) : hot[at];
        if (hashed && medium?.[at] === 1) numbers[to + fields] = this.secondRowOf(field, batch[at]);
      }
    return numbers;
  }

  private rowOf(field: number, id: number): number {
    const { whole, rows } = this.shape;
    if (rows[field] === 0) return none;
    return this.first[field] + (whole[field] ? id : hash32(id, this.seeds[field]) % rows[field]);
  }

  private secondRowOf(field: number, id: number): number {
    return this.second[field] + (hash32(id, this.secondSeeds[field]) % this.shape.secondRows[field]);
  }

  private idOf(key: number): { field: number; id: number } {
    const { bounds } = this;
    let field = bounds.length - 2;
    while (bounds[field] > key) field--; // a field without keys ends where it begins
    return { field, id: key - bounds[field] };
  }
}
