import * as tf from '../../tensors/index.ts';
import type { BackwardPass, DenseLayer, TrainedLayer } from '../contract/model.ts';
import { crossProduct } from './cross-product.ts';
import { hasKernel } from './kernel.ts';
import { mlp } from './mlp.ts';

/** A layer's matrix as a product: down [n, rank], up [rank, n], and the layer's bias [n]. */
export interface FactoredLayer {
  readonly down: Pick<TrainedLayer, 'weights'>;
  readonly up: DenseLayer;
}

/**
 * The cross layers of DCN V2 with matrices of low rank: x_{l+1} = x_0 o (x_l D_l U_l + b_l) + x_l. x: [batch, n] is x_0 -> x_L:
 * [batch, n].
 *
 * Backends may bring kernels of one layer, there and back: `LowRankCross` (inputs `x0`, `x`, `down`, `up`, `bias`; outputs y, narrow
 * = x D [batch, rank] and u = narrow U + b [batch, n]) and `LowRankCrossGrad` (inputs `dy`, `x0`, `x`, `narrow`, `u`, `down`, `up`,
 * optional `before`, which is added to the gradient of x_0; attribute `first`: x is x_0, and the gradients of both are one; outputs
 * for x, x_0 unless `first`, down, up, bias). Without them, and where inputs are packed or gradients of weights are taken, the layers
 * are made of others.
 */
export function lowRankCross(
  x0: tf.Tensor2D,
  layers: readonly FactoredLayer[],
  backward: BackwardPass = {},
): tf.Tensor2D {
  if (hasKernel('LowRankCross') && backward.take === undefined && backward.activations === undefined)
    return fused(x0, layers, backward);
  return layers.reduce((x, { down, up }) => {
    const narrow = factor(x, down, backward);
    return crossProduct(x0, mlp(narrow, [up], 'linear', 'activations', backward), x);
  }, x0);
}

/** x W, for matrices without a bias. */
export function factor(
  x: tf.Tensor2D,
  { weights }: Pick<TrainedLayer, 'weights'>,
  backward?: BackwardPass,
): tf.Tensor2D {
  const layer = { weights, bias: tf.zeros<tf.Rank.R1>([weights.shape[1]]) };
  return mlp(x, [layer], 'linear', 'activations', backward);
}

function fused(x0: tf.Tensor2D, layers: readonly FactoredLayer[], { onSaved }: BackwardPass): tf.Tensor2D {
  const count = layers.length;
  const run = (name: string, inputs: tf.NamedTensorMap, attributes = {}) =>
    tf.engine().runKernel(name, inputs, attributes) as unknown as tf.Tensor2D[];
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const [x0, ...parameters] = args.slice(0, -1) as unknown as tf.Tensor2D[];
    const [xs, narrows, us]: tf.Tensor2D[][] = [[x0], [], []];
    for (let l = 0; l < count; l++) {
      const [down, up, bias] = parameters.slice(3 * l);
      const [y, narrow, u] = run('LowRankCross', { x0, x: xs[l], down, up, bias });
      xs.push(y);
      narrows.push(narrow);
      us.push(u);
    }
    const value = xs.pop()!;
    save([...xs, ...narrows, ...us, ...parameters.filter((_, i) => i % 3 < 2)]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [xs, narrows, us] = [0, 1, 2].map((i) => saved.slice(i * count, (i + 1) * count));
        const matrices = saved.slice(3 * count);
        const [x0] = xs;
        const ofParameters: tf.Tensor[] = [];
        let slope = dy; // of x_{l+1}
        let before: tf.Tensor | undefined; // what x_0 gets of the layers after l
        for (let l = count - 1; l >= 0; l--) {
          const [down, up] = matrices.slice(2 * l);
          const kept = { x0, x: xs[l], narrow: narrows[l], u: us[l], down, up };
          const inputs = { dy: slope, ...kept, ...(before && { before }) };
          const [dx, ...rest] = run('LowRankCrossGrad', inputs, { first: l === 0 });
          before?.dispose(); // its memory is warm: the next layer's goes there
          if (slope !== dy) slope.dispose();
          [slope, before] = [dx, l === 0 ? undefined : rest.shift()];
          ofParameters.unshift(...rest);
        }
        return [slope, ...ofParameters];
      },
    };
  });
  const output = op(x0, ...layers.flatMap(({ down, up }) => [down.weights, up.weights, up.bias]));
  onSaved?.({ output, count: 2 * count });
  return output;
}
