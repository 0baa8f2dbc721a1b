import * as tf from '../../tensors/index.ts';
import type { StepNumbers } from '../contract/step-replay.ts';
import type { Estimate } from '../gradients/stream-batch.ts';
import { kernelOr } from '../ops/kernel.ts';
import type { Rule } from './rule.ts';

/** Most floats of a gradient that are there at once, but at least one row of it. */
const blockFloats = 2 ** 14;

/** The bytes of a [rows, width] gradient that a step by its estimate has at once. */
export function estimateBlockBytes([rows, width]: readonly number[]): number {
  const atOnce = tf.getKernel('EstimateStep', tf.getBackend()) === undefined ? blockRows(width) : 1;
  return 4 * width * Math.min(rows, atOnce);
}

const blockRows = (width: number) => Math.max(1, Math.floor(blockFloats / width));

/**
 * A rule's step with an estimate in place of a gradient, which is never there as a whole: a few rows are, one block after
 * the other. Rules go by single floats or by rows, so that blocks of rows come to the same.
 *
 * Backends may bring a kernel `EstimateStep`, which changes its inputs in place (`variable`, those of the estimate, and
 * `state0`, `state1` and so on as the rule has them; attributes `rule` and `numbers`: StepNumbers) and has no output. It has one
 * row of the gradient at a time.
 */
export function stepByEstimate(
  rule: Rule,
  variable: tf.Variable,
  estimate: Estimate,
  state: readonly tf.Variable[],
  numbers: StepNumbers,
  kernels = true,
): void {
  if (!kernels) return tf.tidy(blockByBlock);
  const states = Object.fromEntries(state.map((tensor, i) => [`state${i}`, tensor]));
  kernelOr('EstimateStep', { variable, ...estimate, ...states }, () => tf.tidy(blockByBlock), {
    ...{ rule: rule.name, numbers: numbers as never },
  });

  function blockByBlock(): void {
    const [rows, width] = variable.shape;
    const changed = [variable, ...state];
    const blocks: tf.Variable[][] = changed.map(() => []);
    for (let from = 0; from < rows; from += blockRows(width)) {
      const count = Math.min(blockRows(width), rows - from);
      tf.tidy(() => {
        const cut = changed.map((whole) => tf.variable(tf.slice(whole, [from, 0], [count, -1])));
        const [block, ...blockState] = cut;
        rule.updateDense(
          block,
          gradientRows(estimate, from, count),
          blockState,
          numbers.learningRate,
          numbers.step,
        );
        cut.forEach((variable, i) => blocks[i].push(variable));
      });
    }
    changed.forEach((whole, i) => whole.assign(tf.concat(blocks[i], 0)));
    tf.dispose(blocks);
  }
}

/** [count, width] */
function gradientRows({ inputs, outputs, sigma }: Estimate, from: number, count: number): tf.Tensor2D {
  const k = sigma.shape[0];
  const scaled = tf.mul<tf.Tensor2D>(tf.slice2d(inputs, [0, from], [k, count]), tf.reshape(sigma, [k, 1]));
  return tf.matMul(scaled, outputs, true, false);
}
