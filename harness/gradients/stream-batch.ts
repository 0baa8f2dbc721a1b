import * as tf from '../../tensors/index.ts';
import { kernelOr } from '../ops/kernel.ts';
import { orthonormalRows } from './orthonormal-rows.ts';

/**
 * A matrix [in, out] as the sum over i < k of sigma[i] times the outer product of row i of `inputs` and row i of `outputs`.
 * The rows of each are orthonormal.
 */
export interface Estimate {
  readonly inputs: tf.Variable<tf.Rank.R2>; // [k, in]
  readonly outputs: tf.Variable<tf.Rank.R2>; // [k, out]
  readonly sigma: tf.Variable<tf.Rank.R1>; // [k]
}

/** Rows of a batch that the estimate moves by at a time: the papers' choice. */
export const subBatch = 32;

/** Smaller ones count as this, with their sign. */
const minSigma = 1e-12;

/**
 * Streaming batch PCA (Huang et al., ACM JETC 2023; before it Hoskins et al., Frontiers in Neuroscience 2019): moves the
 * estimate of the mean over samples of x^T d by one batch, sub-batch by sub-batch. x: [batch, in]; dz: [batch, out], the
 * gradient of the batch's mean loss, whose batch-fold is d.
 *
 * Every row seen has the same weight, and what was there before the batch has the weight of the first sub-batch. With
 * whole sub-batches these are the papers' weights, (t + 1) / (t + 2) and 1 / (t + 2) at sub-batch t; a last one that is
 * smaller counts for its rows.
 *
 * Backends may bring a kernel `StreamGradient` (inputs `x`, `dz` and those of the estimate, which it changes in place;
 * attribute `subBatch`; no output).
 */
export function streamBatch(estimate: Estimate, x: tf.Tensor2D, dz: tf.Tensor2D): void {
  kernelOr('StreamGradient', { x, dz, ...estimate }, () => tf.tidy(() => composition(estimate, x, dz)), {
    subBatch,
  });
}

function composition(estimate: Estimate, x: tf.Tensor2D, dz: tf.Tensor2D): void {
  const [batch, input] = x.shape;
  const output = dz.shape[1];
  const k = estimate.sigma.shape[0];
  let { inputs, outputs, sigma }: Readonly<Record<keyof Estimate, tf.Tensor>> = estimate;
  let weight = Math.min(subBatch, batch); // of the estimate, in rows
  for (let from = 0; from < batch; from += subBatch) {
    const rows = Math.min(subBatch, batch - from);
    const xs = tf.slice2d(x, [from, 0], [rows, input]);
    const ds = tf.slice2d(dz, [from, 0], [rows, output]);
    const kept = weight / (weight + rows);
    const share = batch / (weight + rows);
    // Only the direction of a row of inputs or outputs matters. So what the papers divide by sigma is left as it is, but
    // for the sign, and what is kept is multiplied by |sigma|: nothing overflows where sigma is almost 0.
    const sign = tf.where(tf.less(sigma, 0), tf.fill([k], -share), tf.fill([k], share));
    const keeping = tf.reshape(tf.mul(tf.maximum(tf.abs(sigma), minSigma), kept), [k, 1]);
    const errors = tf.mul(tf.matMul(ds, outputs as tf.Tensor2D, false, true), sign); // [rows, k]
    inputs = orthonormalRows(tf.add(tf.mul(inputs, keeping), tf.matMul(errors, xs, true, false)));
    const seen = tf.matMul<tf.Tensor2D>(xs, inputs, false, true); // [rows, k]
    outputs = orthonormalRows(
      tf.add(tf.mul(outputs, keeping), tf.matMul(tf.mul(seen, sign), ds, true, false)),
    );
    const together = tf.sum(tf.mul(tf.matMul(ds, outputs as tf.Tensor2D, false, true), seen), 0);
    sigma = tf.add(tf.mul(sigma, kept), tf.mul(together, share));
    weight += rows;
  }
  estimate.inputs.assign(inputs as tf.Tensor2D);
  estimate.outputs.assign(outputs as tf.Tensor2D);
  estimate.sigma.assign(sigma as tf.Tensor1D);
}
