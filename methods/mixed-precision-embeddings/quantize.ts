import * as tf from '../../tensors/index.ts';
import { rowDots } from '../../harness/ops/row-dots.ts';
import { endsOf } from '../shared/precision/integer-grid.ts';

/** Steps and offsets of quantizers, as they stand for a batch. */
export interface Quantizers {
  /** Steps by field and width: [1, fields, widths above 0]. */
  readonly steps: tf.Tensor3D;
  /** Offsets by coordinate, of all widths: [1, 1, dim]. */
  readonly offsets: tf.Tensor3D;
}

/**
 * The gradient of a step or an offset is multiplied by 1 / sqrt(2^(bits-1) n), n the floats that it is a sum over (Esser et al., ICLR
 * 2020; the authors take those of the whole table).
 */
export const gradientScale = (bits: number, floats: number) => 1 / Math.sqrt(2 ** (bits - 1) * floats);

/**
 * x, [batch, fields, dim], in a mixture of widths: Σ p_b (Δ_b round(clip((x − β) / Δ_b)) + β) over the `bits` b above 0, with the shares p
 * of a look-up, [batch, fields, 1 + bits.length]; width 0, the first share, is a zero (Li et al., arXiv 2409.20305, equations of LSQ+). x gets
 * its gradient straight through where it is not clipped, ends included.
 */
export function mixedPrecision(
  x: tf.Tensor3D,
  shares: tf.Tensor3D,
  { steps, offsets }: Quantizers,
  bits: readonly number[],
): tf.Tensor3D {
  const op = tf.customGrad((...args) => {
    const [x, shares, steps, offsets, save] = args as unknown as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.GradSaveFunc]; // prettier-ignore
    save([x, shares, steps, offsets]);
    const from = tf.sub(x, offsets);
    const [zero, ...others] = tf.split(shares, bits.length + 1, 2);
    const byWidth = tf.split(steps, bits.length, 2);
    const parts = bits.map((b, at) => {
      const { integers } = roundedTo(b, tf.div(from, byWidth[at]));
      return tf.mul(integers, tf.mul(others[at], byWidth[at]));
    });
    return {
      value: tf.add(tf.addN(parts), tf.mul(tf.sub(1, zero), offsets)),
      gradFunc: (dy, saved) => mixtureGradients(dy as tf.Tensor3D, saved as tf.Tensor3D[], bits),
    };
  });
  return op(x, shares, steps, offsets) as tf.Tensor3D;
}

function roundedTo(bits: number, exact: tf.Tensor) {
  const { lowest, highest } = endsOf(bits);
  const clipped = tf.clipByValue(exact, lowest, highest);
  return { clipped, integers: tf.round(clipped) };
}

function mixtureGradients(
  dy: tf.Tensor3D,
  [x, shares, steps, offsets]: readonly tf.Tensor3D[],
  bits: readonly number[],
): tf.Tensor[] {
  const from = tf.sub(x, offsets);
  const others = tf.split(shares, bits.length + 1, 2).slice(1);
  const byWidth = tf.split(steps, bits.length, 2);
  const [batch, fields, dim] = x.shape;
  const alongRows = (y: tf.Tensor) => tf.reshape<tf.Rank.R2>(y, [batch * fields, dim]);
  const slopes = alongRows(dy);
  const dots = (y: tf.Tensor, z: tf.Tensor2D) => tf.reshape(rowDots(alongRows(y), z), [batch, fields, 1]);
  const byOffsets = dots(tf.mul(dy, offsets), tf.onesLike(slopes)); // of any share, by the offset that it adds
  const ofShares: tf.Tensor[] = [tf.zerosLike(byOffsets)];
  const ofSteps: tf.Tensor[] = [];
  const passed: tf.Tensor[] = [];
  const ofOffsets: tf.Tensor[] = [];
  bits.forEach((b, at) => {
    const exact = tf.div(from, byWidth[at]);
    const { clipped, integers } = roundedTo(b, exact);
    const through = tf.mul(dy, tf.cast(tf.equal(clipped, exact), 'float32'));
    const byIntegers = dots(integers, slopes);
    const byExact = dots(exact, alongRows(through));
    const scale = gradientScale(b, x.size);
    ofShares.push(tf.add(tf.mul(byIntegers, byWidth[at]), byOffsets));
    ofSteps.push(tf.mul(tf.sum(tf.mul(tf.sub(byIntegers, byExact), others[at]), 0, true), scale));
    const ofWidth = tf.mul(through, others[at]);
    passed.push(ofWidth);
    ofOffsets.push(tf.mul(tf.sum(ofWidth, [0, 1], true), -scale));
  });
  const scaled = tf.addN(others.map((share, at) => tf.mul(share, gradientScale(bits[at], x.size))));
  return [
    tf.addN(passed),
    tf.concat(ofShares, 2),
    tf.concat(ofSteps, 2),
    tf.addN([tf.sum(tf.mul(dy, scaled), [0, 1], true), ...ofOffsets]), // all, less what passes
  ];
}

/** A width for each look-up, and what follows from it, [batch, fields, 1] each. */
export interface WidthOfLookUp {
  /** 1 for each width, 0 where it is another: [batch, fields, 1 + bits.length]. */
  readonly shares: tf.Tensor3D;
  readonly lowest: tf.Tensor3D;
  readonly highest: tf.Tensor3D;
  /** Factor of the gradients of steps and offsets. */
  readonly scale: tf.Tensor3D;
}

/** The same where one share of each look-up is 1: its quantizer alone is computed. */
export function onePrecision(
  x: tf.Tensor3D,
  { shares, lowest, highest, scale }: WidthOfLookUp,
  { steps, offsets }: Quantizers,
): tf.Tensor3D {
  const [zero, others] = tf.split(shares, [1, shares.shape[2] - 1], 2);
  const some = tf.sub(1, zero);
  const step = tf.add(tf.sum(tf.mul(others, steps), 2, true), zero); // 1 for width 0, to divide by
  const op = tf.customGrad((...args) => {
    const [x, step, offsets, save] = args as unknown as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.GradSaveFunc]; // prettier-ignore
    const exact = tf.div(tf.sub(x, offsets), step);
    const clipped = tf.maximum(tf.minimum(exact, highest), lowest);
    const integers = tf.round(clipped);
    save([exact, clipped, integers, scale, some]);
    return {
      value: tf.add(tf.mul(integers, tf.mul(step, some)), tf.mul(some, offsets)),
      gradFunc: (dy: tf.Tensor, [exact, clipped, integers, scale, some]: tf.Tensor[]) => {
        const dSome = tf.mul(dy, some);
        const dx = tf.mul(dSome, tf.cast(tf.equal(clipped, exact), 'float32'));
        const bySteps = tf.sub(tf.mul(dSome, integers), tf.mul(dx, exact));
        return [
          dx,
          tf.mul(tf.sum(bySteps, 2, true), scale),
          tf.sum(tf.mul(tf.sub(dSome, dx), scale), [0, 1], true),
        ];
      },
    };
  });
  return op(x, step, offsets) as tf.Tensor3D;
}
