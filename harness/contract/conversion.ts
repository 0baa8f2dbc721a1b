import type { StoredSet } from './index-formula.ts';
import type { IdMap } from './indices.ts';
import type { Table, Weight } from './tables.ts';

/** Rows that are there already, read in pieces: a table that somebody else has trained. */
export interface RowSource {
  readonly rows: number;
  readonly width: number;
  /** Rows that are asked for at a time; as many as fill 4 MiB if absent. */
  readonly pieceRows?: number;
  /** Rows `from`..`to`, row-major, in memory of their own or of the source's that is never written again. */
  readonly read: (from: number, to: number) => Float32Array;
}

/** Makes what is served from rows that are there, without training. */
export interface Converter {
  /** `pieces`: rows are read a piece at a time, as often as it takes. `all rows`: they are held, all at once, as 32-bit floats. */
  readonly holds: 'pieces' | 'all rows';
  /** `rowsOf`: the rows of a field, one for each of its ids. The same bits as `next` of the same plan makes of these rows. */
  convert(rowsOf: (field: number) => RowSource): Conversion;
}

/** The parts of a plan that are stored, and the sizes that the budget bought: see Plan in method.ts. */
export interface ConvertedPlan {
  readonly tables: readonly Table[];
  readonly weights?: readonly Weight[];
  readonly maps?: readonly IdMap[];
  readonly choices: Readonly<Record<string, unknown>>;
}

/** The layer that is served, and its contents. All pieces come in order, and may be asked for more than once. */
export interface Conversion {
  /** Values of its maps are those of `maps` here. */
  readonly plan: ConvertedPlan;
  /** Rows of each table of the plan. */
  readonly tables: ReadonlyMap<Table, () => Iterable<Float32Array>>;
  readonly weights?: ReadonlyMap<Weight, Float32Array>;
  /** Maps that are made piece by piece; the values of others are read from the plan. */
  readonly maps?: ReadonlyMap<IdMap, () => Iterable<Uint32Array>>;
  /** For each field, how an id finds its vector in these tables, weights and maps. */
  readonly recipe: readonly FieldRecipe[];
}

/** JSON: tables, weights and maps go by their places in the plan. An id belongs to the first case that has it. */
export type FieldRecipe = readonly Case[];

export interface Case {
  readonly ids: IdsOfCase;
  /** The vector is their sum; zeros if there are none. */
  readonly terms: readonly Term[];
}

/** Ids of a case; each has a position there, from 0. */
export type IdsOfCase =
  /** Ids below `end`; the position is the id. */
  | { readonly kind: 'below'; readonly end: number }
  /** Ids whose number, `offset` + id, is in a set or not; the position is that among these numbers, less `first`. */
  | {
      readonly kind: 'in' | 'outside';
      readonly set: RecipeSet;
      readonly offset: number;
      readonly first: number;
    };

/** Some of the numbers 0 .. ids - 1, with the places of the set's maps. */
export interface RecipeSet extends Omit<StoredSet, 'maps'> {
  readonly maps: readonly number[];
}

export type Term =
  /** A row of a table, or its product, written from coordinate `at` on; what is beyond the last coordinate is cut off. */
  | {
      readonly table: number;
      readonly row: RowOfTerm;
      readonly at: number;
      /** The row is multiplied by the [table width, dim] matrix that begins at a float of a weight. */
      readonly matrix?: { readonly weight: number; readonly from: number };
    }
  /** `dim` floats of a weight. */
  | { readonly weight: number; readonly from: number };

/** `first`, and what is added to it. */
export type RowOfTerm = { readonly first: number } & (
  | { readonly add: 'nothing' }
  | { readonly add: 'position' }
  /** The position modulo `block`. */
  | { readonly add: 'block'; readonly block: number }
  /** A row of the position p: map[start + floor(p / block)] * block + p mod block. */
  | { readonly add: 'map'; readonly map: number; readonly start: number; readonly block: number }
  /** A hash of the id (base/hash.ts, hash32) by the seed, modulo `rows`. */
  | { readonly add: 'hash'; readonly seed: number; readonly rows: number }
);
