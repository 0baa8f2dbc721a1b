import type { FieldRecipe } from '../../harness/contract/conversion.ts';
import { none } from '../../harness/contract/backend.ts';
import { bitsFor, idMap, type Indices } from '../../harness/contract/indices.ts';
import type {
  Layer,
  Lookup,
  Plan,
  Serving,
  StateOrigin,
  Table,
  Weight,
} from '../../harness/contract/method.ts';
import { type Members, uncompressedFields } from '../shared/rows/uncompressed-fields.ts';
import { largestWithin, partFinder } from '../shared/budget/bisection.ts';
import type { GroupedBlocks, Representatives } from './near-duplicates.ts';
import { type AnyRows, piecesOf, rowsOfIds } from '../shared/rows/row-source.ts';
import { countIds, fieldOffsets, firstRows, idInit, offsetsOf } from '../shared/rows/table-parts.ts';
import { sum } from '../../base/sum.ts';
import { chooseUncompressed, fieldsWhere } from '../shared/rows/keep-option.ts';

/** Blocks of rows of one field each, the last of a field filled up with zeros; several of a field may be stored as one. */
export interface BlockLayout {
  /** Rows of a block. */
  readonly block: number;
  /** Positions of the fields with a row per id. */
  readonly uncompressed: readonly number[];
  /** Positions of the others, and the number of blocks of each. */
  readonly shared: readonly number[];
  readonly blocks: readonly number[];
  /** Number of blocks that are stored for these fields. If it is one per field, no map is stored. */
  readonly stored: number;
}

export interface BlockRule {
  /** Absent: the fewest rows with which the map takes at most half of the bytes of compressed fields. */
  readonly block?: number | undefined;
  /** Fields with at most this many ids keep a row for each. */
  readonly keep: number;
}

/** Takes as many blocks as fit the budget; else returns the bytes of one per field, no longer than the field. */
export function solveBlocks(
  layer: Layer,
  { block, keep }: BlockRule,
): BlockLayout | { readonly smallestBytes: number } {
  const { fields, dim, budget } = layer;
  const small = chooseUncompressed(fields, keep, Math.floor(budget / (4 * dim)));
  const none = fields.map(() => false);
  const layouts = (block === undefined ? powersOfTwo : [block]).flatMap(
    (rows) => layoutWith(layer, rows, small) ?? layoutWith(layer, rows, none) ?? [],
  );
  const found =
    layouts.find((layout) => isMapped(layout) && 2 * mapBytes(layout) <= sharedBytes(layout, dim)) ??
    layouts.at(0);
  if (found !== undefined) return found;
  const rows = sum(fields.map(({ cardinality }) => Math.min(cardinality, block ?? 1)));
  return { smallestBytes: 4 * dim * rows };
}

const powersOfTwo = Array.from({ length: 11 }, (_, exponent) => 2 ** exponent);

/** Fields that are no longer than a block are uncompressed, too. */
function layoutWith(
  { fields, dim, budget }: Layer,
  block: number,
  small: readonly boolean[],
): BlockLayout | undefined {
  const keepsRows = fields.map(({ cardinality }, f) => small[f] || cardinality <= block);
  const uncompressed = fieldsWhere(keepsRows, (keeps) => keeps);
  const shared = fieldsWhere(keepsRows, (keeps) => !keeps);
  const blocks = shared.map((f) => Math.ceil(fields[f].cardinality / block));
  const left = budget - 4 * dim * countIds(uncompressed.map((f) => fields[f]));
  const storing = (more: number) => ({
    block,
    uncompressed,
    shared,
    blocks,
    stored: shared.length + more,
  });
  const fits = (more: number) => sharedBytes(storing(more), dim) <= left;
  if (!fits(0)) return undefined;
  return storing(largestWithin(blocksOf(storing(0)) - shared.length, fits));
}

const isMapped = ({ stored, shared }: BlockLayout) => stored > shared.length;
const blocksOf = ({ blocks }: BlockLayout) => sum(blocks);

function mapBytes(layout: BlockLayout): number {
  return isMapped(layout) ? Math.ceil((blocksOf(layout) * bitsFor(layout.stored)) / 8) : 0;
}

const sharedBytes = (layout: BlockLayout, dim: number) =>
  4 * dim * layout.stored * layout.block + mapBytes(layout);

/** Blocks of compressed fields, weighted by the training counts of their ids. `rowsOf`: the rows of a field. */
export function blocksIn(
  { fields, dim }: Layer,
  layout: BlockLayout,
  rowsOf: (field: number) => AnyRows,
): GroupedBlocks {
  const { block, shared, blocks } = layout;
  const floats = new Float32Array(blocksOf(layout) * block * dim);
  const weights = new Float32Array(floats.length / dim);
  const to = offsetsOf(blocks.map((count) => count * block));
  shared.forEach((f, i) => {
    for (const { first, values } of piecesOf(rowsOf(f))) floats.set(values, (to[i] + first) * dim);
    weights.set(fields[f].counts, to[i]);
  });
  const seen = weights.some((count) => count > 0);
  return { floats, width: block * dim, groups: blocks, ...(seen && { weights }) };
}

export interface BlockLayer {
  readonly plan: Plan;
  readonly serving: Serving;
  /** `rowsOf`: the rows of a field, [ids, dim]. */
  contents(
    blocks: GroupedBlocks,
    found: Representatives,
    rowsOf: (field: number) => Float32Array,
  ): Map<Table | Weight, Float32Array>;
  /** How an id finds its row. */
  recipe(): readonly FieldRecipe[];
  /** A stored block keeps the optimizer state that it had in `before`, a full table. */
  states(found: Representatives, before: Table): Map<Table, StateOrigin>;
}

/** `map`: for every block the number of the block that is stored for it; needed only for lookups. */
export function blockLayer({ fields, dim }: Layer, layout: BlockLayout, map?: Uint32Array): BlockLayer {
  const { block, shared, blocks, stored } = layout;
  const uncompressed = uncompressedFields({ fields, dim }, layout.uncompressed);
  const table: Table = { width: dim, parts: [{ rows: stored * block, init: idInit(stored * block) }] };
  const stands = idMap(blocksOf(layout), bitsFor(stored), () => {
    if (map === undefined) throw new Error('which blocks are merged is not known yet');
    return map;
  });
  const firstBlocks = offsetsOf(blocks);

  const rowsAt = ({ ids, compute }: Lookup): Indices => {
    if (!isMapped(layout))
      return ids
        .pick(shared)
        .mod(block)
        .plus(shared.map((_, i) => i * block));
    if (block === 1) return ids.pick(shared).plus(firstBlocks).through(stands);
    const rowsOf = (ids: Uint32Array) => {
      const rows = new Uint32Array((ids.length / fields.length) * shared.length);
      for (let from = 0, to = 0; from < ids.length; from += fields.length)
        for (let i = 0; i < shared.length; i++) {
          const id = ids[from + shared[i]];
          rows[to++] = stands.values[firstBlocks[i] + Math.floor(id / block)] * block + (id % block);
        }
      return rows;
    };
    return compute(rowsOf, shared.length, (ids) => {
      const own = ids.pick(shared);
      return own.div(block).plus(firstBlocks).through(stands).times(block).add(own.mod(block));
    });
  };
  const merged: Members = { fields: shared, embed: (lookup) => lookup.rows(table, rowsAt(lookup)) };
  const tables = [table, ...uncompressed.tables];
  const maps = isMapped(layout) ? [stands] : [];
  return {
    serving: { tables, maps: maps.map(({ length, bits }) => ({ length, bits })) },
    plan: {
      tables,
      maps,
      choices: { block, stored, blocks: blocksOf(layout), whole: uncompressed.fields },
      embed: (lookup) =>
        uncompressed.fields.length === 0 ? merged.embed(lookup) : uncompressed.embedBeside(lookup, [merged]),
    },
    contents({ floats, width }, found, rowsOf) {
      const values = new Float32Array(stored * width);
      found.blocks.forEach((from, to) =>
        values.set(floats.subarray(from * width, (from + 1) * width), to * width),
      );
      return new Map([[table, values], ...uncompressed.contents(rowsOf)]);
    },
    recipe: () =>
      fields.map(({ cardinality }, f): FieldRecipe => {
        const i = shared.indexOf(f);
        const own = uncompressed.fields.indexOf(f);
        if (i < 0) return [rowsOfIds(cardinality, 1, firstRows(uncompressed.tables[0].parts)[own])];
        // Without a map there is one block of each field.
        const row = isMapped(layout) ? { first: 0, add: 'map' as const, map: 0, start: firstBlocks[i], block } : undefined; // prettier-ignore
        const one = { first: i * block, add: 'block' as const, block };
        return [{ ids: { kind: 'below', end: cardinality }, terms: [{ table: 0, row: row ?? one, at: 0 }] }];
      }),
    states(found, before) {
      const first = fieldOffsets(fields);
      const rows = new Uint32Array(stored * block).fill(none);
      const groupOf = partFinder(blocks);
      found.blocks.forEach((from, to) => {
        const i = groupOf(from);
        const id = (from - firstBlocks[i]) * block;
        const ids = Math.min(block, fields[shared[i]].cardinality - id); // the last block is filled up
        for (let row = 0; row < ids; row++) rows[to * block + row] = first[shared[i]] + id + row;
      });
      return new Map<Table, StateOrigin>([[table, { of: before, rows }], ...uncompressed.states(before)]);
    },
  };
}
