import * as tf from '../../../tensors/index.ts';
import type { Indices } from '../../../harness/contract/indices.ts';
import type { Lookup, Step, Table, Trained } from '../../../harness/contract/method.ts';
import { tableFloats, tableRows } from '../../../harness/contract/table-shape.ts';
import { partFinder } from '../budget/bisection.ts';

/** Units with a threshold of their own: all floats together, a coordinate, a part of the table, ..., a single float. */
export const granularities = ['global', 'dim', 'part', 'part-dim', 'row', 'entry'] as const;
export type Granularity = (typeof granularities)[number];

export interface ThresholdRule {
  readonly granularity: Granularity;
  /** Logit of the thresholds at first. */
  readonly start: number;
  /** Floats that are to be left: thresholds rise while there are more. */
  readonly nonZeros: number;
}

/** Trained thresholds below which the floats of a table are zero, and above which they are smaller by the threshold. */
export interface SoftThresholds {
  /** The rise of their logits: added to the logits themselves, small steps would be lost to rounding. */
  readonly table: Table;
  /** Rows of the thresholded table, a column for each of its parts. */
  rows(lookup: Lookup, indices: Indices): tf.Tensor3D;
  /** Lets the thresholds rise from time to time, as long as too many floats are left. */
  afterStep(step: Step): Promise<void>;
  /**
   * Score of each float above its threshold: the ratio of their odds, so that those above a bound are the ones that would
   * be left if all logits were shifted alike.
   */
  scores(trained: Trained): Promise<Float32Array>;
}

/**
 * Thresholds g = sigmoid(s) as in PEP (Liu et al., ICLR 2021). s is trained as rows are, by the gradient through g; what
 * makes it rise is its weight decay. That is done to all thresholds at once, `checks` times in a run, at a rate that would
 * take s from `start` to -1 (g = .27, beyond all weights) within the run whatever its length. It stops while no more than
 * `nonZeros` floats are left, counted on a sample.
 */
export function softThresholds(of: Table, { granularity, start, nonZeros }: ThresholdRule): SoftThresholds {
  const { width } = of;
  const ofRow = granularity === 'row' || granularity === 'entry';
  const ofPart = granularity === 'part' || granularity === 'part-dim';
  const wide = granularity === 'dim' || granularity === 'part-dim' || granularity === 'entry';
  const init = { mean: 0, halfWidth: 0 };
  const table: Table = {
    width: wide ? width : 1,
    parts: ofRow
      ? of.parts.map(({ rows }) => ({ rows, init }))
      : [{ rows: ofPart ? of.parts.length : 1, init }],
  };
  const parts = [...of.parts.keys()];
  const indicesOf = (indices: Indices) => {
    if (ofRow) return indices;
    return ofPart ? indices.mod(1).plus(parts) : indices.pick([0]).mod(1);
  };

  /** The row of thresholds of each of some rows of the thresholded table. */
  const partOf = partFinder(of.parts.map(({ rows }) => rows));
  const thresholdRow = (row: number) => (ofRow ? row : ofPart ? partOf(row) : 0);
  const logitAt = (risen: Float32Array, row: number, k: number) =>
    start + risen[wide ? row * width + k : row];

  const tooMany = async (step: Step) => {
    const rows = evenly(tableRows(of), sampleRows);
    const values = await step.read(of, rows);
    const thresholds = rows.map(thresholdRow);
    const risen = await step.read(table, thresholds);
    // Thresholds of rows that were looked up as often are the same: an exponential is taken where they differ from the one before.
    let [left, logit, threshold] = [0, NaN, NaN];
    for (let at = 0; at < values.length; at++) {
      const own = start + risen[wide ? at : Math.floor(at / width)];
      if (own !== logit) [logit, threshold] = [own, sigmoid(own)];
      if (Math.abs(values[at]) > threshold) left++;
    }
    return left / values.length > nonZeros / tableFloats(of);
  };

  return {
    table,
    rows(lookup, indices) {
      const risen = lookup.rows(table, indicesOf(indices));
      return softThreshold(lookup.rows(of, indices), tf.sigmoid(tf.add(risen, start)));
    },
    async afterStep(step) {
      const check = (steps: number) => Math.floor((checks * steps) / step.steps);
      if (!(check(step.index + 1) > check(step.index)) || !(await tooMany(step))) return;
      const factor = (-1 / start) ** (1 / checks);
      const all = tableRows(table);
      for (let from = 0; from < all; from += rowsPerPiece) {
        const rows = Uint32Array.from({ length: Math.min(rowsPerPiece, all - from) }, (_, i) => from + i);
        const risen = await step.read(table, rows); // this one's own
        for (let i = 0; i < risen.length; i++) risen[i] = (start + risen[i]) * factor - start;
        step.write(table, rows, risen);
      }
    },
    async scores(trained) {
      const values = await trained.rows(of);
      const risen = await trained.rows(table);
      return values.map((x, at) => {
        const magnitude = Math.abs(x);
        const s = logitAt(risen, thresholdRow(Math.floor(at / width)), at % width);
        return (magnitude / Math.max(1e-6, 1 - magnitude)) * Math.exp(-s);
      });
    },
  };
}

const checks = 50;
/** Rows that are counted for all. */
const sampleRows = 2 ** 15;
const rowsPerPiece = 2 ** 13;

/** sign(x) relu(|x| - g) for thresholds g > 0 whose shape may be 1 if that of x is not: x less what of it is within g. */
export function softThreshold(x: tf.Tensor3D, g: tf.Tensor): tf.Tensor3D {
  const op = tf.customGrad((...args) => {
    const [x, g, save] = args as unknown as [tf.Tensor3D, tf.Tensor, tf.GradSaveFunc];
    const value = tf.sub(x, tf.maximum(tf.minimum(x, g), tf.neg(g)));
    save([value]);
    const shared = g.shape.flatMap((side, axis) => (side === 1 && x.shape[axis] > 1 ? [axis] : []));
    return {
      value,
      gradFunc: (dy: tf.Tensor, [value]: tf.Tensor[]) => {
        const signs = tf.sign(value);
        const dg = tf.neg(tf.mul(dy, signs));
        return [tf.mul(dy, tf.abs(signs)), shared.length > 0 ? tf.sum(dg, shared, true) : dg];
      },
    };
  });
  return op(x, g) as tf.Tensor3D;
}

const sigmoid = (s: number) => 1 / (1 + Math.exp(-s));

/** Numbers below `all`, evenly spaced, at most `count` of them. */
function evenly(all: number, count: number): Uint32Array {
  const taken = Math.min(all, count);
  return Uint32Array.from({ length: taken }, (_, i) => Math.floor((i * all) / taken));
}
