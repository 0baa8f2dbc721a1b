import * as tf from '../../tensors/index.ts';
import type { IdMap } from '../../harness/contract/indices.ts';
import type { Layer, Plan, Stage, Table, Weight } from '../../harness/contract/method.ts';
import { endsOf } from '../shared/precision/integer-grid.ts';
import { ofGroups } from './group-rows.ts';
import { gradientScale, onePrecision } from './quantize.ts';
import { firstSteps, learnedSteps, quantizersOf, type QuantizerWeights } from './quantizer-weights.ts';
import { classesOf, servedWidths } from './served-widths.ts';

/** A layer whose groups of ids have their widths. */
export interface WidthsOfGroups {
  readonly table: Table;
  /** First row of each field. */
  readonly offsets: readonly number[];
  readonly weights: QuantizerWeights;
  /** Group of every id. */
  readonly groups: IdMap;
  /** Widths above 0, ascending. */
  readonly bits: readonly number[];
  /** The width of each group: 0, or 1 and its place in `bits`. */
  readonly widths: readonly number[];
}

/** Trains rows that are looked up as they will be stored, each in the width of its group, and then stores them. */
export function trainedWidths(layer: Layer, of: WidthsOfGroups): Plan {
  const { table, offsets, weights, groups, bits, widths } = of;
  const { fields, dim } = layer;
  const first = firstSteps(fields, bits);
  const columns = widths.flatMap((width) => columnsOf(width, bits));
  const shape: [number, number] = [widths.length, bits.length + 4];
  return {
    tables: [table],
    weights: [weights.logs, weights.offsets],
    maps: [groups],
    choices: {},
    embed(lookup) {
      const rows = lookup.ids.plus(offsets);
      const found = ofGroups(tf.tensor2d(columns, shape), lookup, rows.through(groups).toFloats());
      const [shares, lowest, highest, scale] = tf.split<tf.Tensor3D>(found, [bits.length + 1, 1, 1, 1], 2);
      const byFloats = tf.mul<tf.Tensor3D>(scale, 1 / Math.sqrt(lookup.ids.batch * fields.length * dim));
      return onePrecision(
        lookup.rows(table, rows),
        { shares, lowest, highest, scale: byFloats },
        quantizersOf(lookup, weights, first),
      );
    },
    async next(trained): Promise<Stage> {
      const served = servedWidths(layer, bits, classesOf(groups, widths));
      const steps = await learnedSteps(await trained.weight(weights.logs), weights.logs.shape, first);
      const learned = { steps, offsets: await trained.weight(weights.offsets) };
      return {
        plan: { ...served.plan, training: { share: 0 } },
        contents: new Map<Table | Weight, Float32Array>(served.contents(await trained.rows(table), learned)),
        network: 'kept',
      };
    },
  };
}

/** All that a look-up knows of its width: a share of 1 for it, its ends and the factor of its gradients. */
function columnsOf(width: number, bits: readonly number[]): number[] {
  const shares = [...Array(bits.length + 1).keys()].map((at) => (at === width ? 1 : 0));
  if (width === 0) return [...shares, 0, 0, 0];
  const { lowest, highest } = endsOf(bits[width - 1]);
  return [...shares, lowest, highest, gradientScale(bits[width - 1], 1)];
}
