import * as tf from '../../tensors/index.ts';
import type { IdMap } from '../../harness/contract/indices.ts';
import { knownEmbed } from '../../harness/contract/known-embed.ts';
import type { Table, Weight } from '../../harness/contract/method.ts';
import { mixedPrecision } from './quantize.ts';
import { quantizersOf } from './quantizer-weights.ts';
import { ofGroups } from './group-rows.ts';

export interface Prices {
  /** Price of a bit of each group, beside that of all: the fewest look-ups of a group divided by its own. */
  readonly ofGroups: readonly number[];
  /** Share of the allowed bytes that a bit of each group takes. Absent if the price of all is given. */
  readonly bytes?: readonly number[];
}

export interface SearchSettings {
  /** First row of each field. */
  readonly offsets: readonly number[];
  readonly temperature: number;
  readonly bits: readonly number[];
  readonly firstSteps: readonly number[];
  readonly prices: Prices;
}

/** Logits of each group's widths, 0 the first, and the price of a bit. */
export interface SearchWeights {
  readonly logits: Weight;
  readonly price: Weight;
}

export function searchWeights(
  groups: number,
  widths: number,
  { rate, rise, fixed }: { readonly rate: number; readonly rise: number; readonly fixed: number | undefined },
): SearchWeights {
  return {
    logits: {
      shape: [groups, widths],
      init: { mean: 0, halfWidth: 0 },
      optimizer: { rule: 'adam', learningRate: rate },
    },
    price: {
      shape: [],
      init: { mean: fixed ?? 0, halfWidth: 0 },
      ...(fixed === undefined ? { optimizer: { rule: 'sgd', learningRate: rise } } : { frozen: true }),
    },
  };
}

/**
 * Rows in a mixture of widths. The loss rises by a price for each expected bit. The price of all is the multiplier of the condition
 * that the expected bytes are those allowed: it takes a step of gradient ascent whenever the others take one of descent.
 */
const searching = knownEmbed(
  'mixed-precision-embeddings: search',
  (
    { offsets, temperature, bits, firstSteps, prices }: SearchSettings,
    [table, logs, ofCoordinates, logits, price, groups]: readonly [
      Table,
      Weight,
      Weight,
      Weight,
      Weight,
      IdMap,
    ],
  ) => {
    const widths = [0, ...bits];
    return (lookup) => {
      const shares = tf.softmax<tf.Tensor2D>(tf.div(lookup.weight(logits), temperature));
      if (lookup.training) lookup.penalize(priceOfBits(shares, lookup.weight(price), widths, prices));
      const rows = lookup.ids.plus(offsets);
      return mixedPrecision(
        lookup.rows(table, rows),
        ofGroups(shares, lookup, rows.through(groups).toFloats()),
        quantizersOf(lookup, { logs, offsets: ofCoordinates }, firstSteps),
        bits,
      );
    };
  },
);

/** Σ_g Σ_b b p_gb / (look-ups of g / the fewest), times the price; [] of [groups, widths]. */
export function priceOfBits(
  shares: tf.Tensor2D,
  price: tf.Tensor,
  widths: readonly number[],
  { ofGroups, bytes = [] }: Prices,
): tf.Scalar {
  const op = tf.customGrad((...args) => {
    const [shares, price, save] = args as unknown as [tf.Tensor2D, tf.Scalar, tf.GradSaveFunc];
    const bits = tf.sum(tf.mul(shares, tf.tensor2d([...widths], [1, widths.length])), 1);
    const positive = tf.relu(price);
    const over = bytes.length > 0 ? tf.sub(tf.sum(tf.mul(bits, tf.tensor1d([...bytes]))), 1) : tf.scalar(0);
    save([positive, over]);
    return {
      value: tf.mul(positive, tf.sum(tf.mul(bits, tf.tensor1d([...ofGroups])))),
      gradFunc: (dy: tf.Tensor, [positive, over]: tf.Tensor[]) => {
        const perShare = tf.mul(
          tf.tensor2d([...ofGroups], [ofGroups.length, 1]),
          tf.tensor2d([...widths], [1, widths.length]),
        );
        // Descent on minus the excess is ascent. A price of 0 falls no further.
        const rising = tf.maximum(over, tf.mul(tf.cast(tf.greater(positive, 0), 'float32'), over));
        return [tf.mul(perShare, tf.mul(dy, positive)), tf.neg(tf.mul(dy, rising))];
      },
    };
  });
  return op(shares, price) as tf.Scalar;
}

export { searching };
