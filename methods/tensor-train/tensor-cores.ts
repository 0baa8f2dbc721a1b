import * as tf from '../../tensors/index.ts';
import type { Indices } from '../../harness/contract/indices.ts';
import type { Lookup, Table, TablePart } from '../../harness/contract/method.ts';
import { coreVariance, product, rowFactors, widthFactors } from './core-shapes.ts';
import { firstRows } from '../shared/rows/table-parts.ts';

export interface CoreShape {
  /** Number of cores. */
  readonly cores: number;
  /** Rank between one core and the next, the same for all. */
  readonly rank: number;
  /** Cores that neighbouring ids share: the first ones, the last ones, or those at the ends. */
  readonly order: 'first' | 'last' | 'ends';
}

export interface TensorCores {
  /** One per core, the rows of all parts stacked: row `digit` is the slice [rank before, width, rank after]. */
  readonly tables: readonly Table[];
  /** Rows of the cores of each part. */
  readonly shapes: readonly (readonly number[])[];
  readonly widths: readonly number[];
  /** Rows of the parts, [batch, parts] -> [batch, parts, dim]; zeros for `none`. */
  embed(rows: Lookup['rows'], ids: Indices): tf.Tensor3D;
}

/**
 * Parts of a table, each [rows, dim], as tensor trains (TT-Rec, section 3.1): a row number is written with a digit per
 * core, and the row is the product of the slices that they choose.
 *
 * Entries are drawn uniformly, such that what is multiplied out has the variance that the part asks for. A product of normal
 * entries would be mostly about 0 with a few large values, and the paper draws from the tails of a normal alone. Of three
 * cores with entries of kurtosis k, the product has (k^3 + 6 k (r - 1) + 3 (r - 1)^2) / r^2: of normal ones (k = 3) 27 at
 * rank 1 and 12 at rank 2, of uniform ones (1.8) 5.8 and 4.9, and 3.6 at rank 8, where 3 is a normal's own.
 */
export function tensorCores(parts: readonly TablePart[], dim: number, shape: CoreShape): TensorCores {
  const { cores, rank, order } = shape;
  const widths = widthFactors(dim, cores);
  const shapes = parts.map(({ rows }) => rowFactors(rows, cores));
  const ranks = [1, ...Array<number>(cores - 1).fill(rank), 1];
  const inits = parts.map(({ init }) => {
    const variance = coreVariance(init.halfWidth ** 2 / 3, cores, rank);
    return { mean: 0, halfWidth: Math.sqrt(3 * variance) };
  });
  const tables = widths.map((width, core) => ({
    width: ranks[core] * width * ranks[core + 1],
    parts: shapes.map((rows, f) => ({ rows: rows[core], init: inits[f] })),
  }));
  const ranked = significance[order](cores);
  const digits = widths.map((_, core) => {
    const lower = ranked.slice(ranked.indexOf(core) + 1);
    const divisors = shapes.map((rows) => product(lower.map((other) => rows[other])));
    const rows = shapes.map((rows) => rows[core]);
    return (ids: Indices) => ids.div(divisors).mod(rows);
  });
  return {
    tables,
    shapes,
    widths,
    embed(rows, ids) {
      const count = ids.batch * ids.fields;
      let chain = tf.ones<tf.Rank.R3>([count, 1, 1]); // [batch x fields, width so far, rank]
      tables.forEach((table, core) => {
        const slices = rows(table, digits[core](ids).plus(firstRows(table.parts)));
        const matrices = tf.reshape<tf.Rank.R3>(slices, [count, ranks[core], -1]);
        const joined = core === 0 ? matrices : tf.matMul<tf.Tensor3D>(chain, matrices);
        chain = tf.reshape<tf.Rank.R3>(joined, [count, -1, ranks[core + 1]]);
      });
      const vectors = tf.reshape<tf.Rank.R3>(chain, [ids.batch, ids.fields, -1]);
      return vectors.shape[2] === dim ? vectors : tf.slice(vectors, [0, 0, 0], [-1, -1, dim]);
    },
  };
}

/** Cores from the most significant digit of an id to the least: neighbours differ in the last one named. */
const significance: Record<CoreShape['order'], (cores: number) => number[]> = {
  first: (cores) => Array.from({ length: cores }, (_, i) => i),
  last: (cores) => Array.from({ length: cores }, (_, i) => cores - 1 - i),
  ends: (cores) => [0, cores - 1, ...Array.from({ length: cores - 2 }, (_, i) => i + 1)],
};
