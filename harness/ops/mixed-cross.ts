import * as tf from '../../tensors/index.ts';
import type { BackwardPass, DenseLayer, TrainedLayer } from '../contract/model.ts';
import { crossProduct } from './cross-product.ts';
import { hasKernel } from './kernel.ts';
import { factor } from './low-rank-cross.ts';
import { mlp } from './mlp.ts';

/** K experts: down [n, K rank] and up [K rank, n] have theirs side by side, squares are [rank, rank] each. */
export interface MixedLayer {
  readonly down: Pick<TrainedLayer, 'weights'>;
  readonly squares: readonly Pick<TrainedLayer, 'weights'>[];
  readonly up: DenseLayer;
}

/**
 * The cross layers of DCN V2 with a mixture of experts: x_{l+1} = x_0 o (sum_k g_k tanh(tanh(x_l D_k) C_k) U_k + b_l) + x_l, g the
 * softmax of x_l G. x: [batch, n] is x_0, gates: [n, K] are those of all layers -> x_L: [batch, n].
 *
 * Backends may bring kernels of one layer, there and back, as in low-rank-cross.ts: `MixedCross` (inputs `x0`, `x`, `gates`,
 * `down`, `up`, `bias`, `square0`, `square1`, ...; outputs y, g [batch, K], both tanhs and what is mixed, [batch, K rank] each, and u
 * [batch, n]) and `MixedCrossGrad` (inputs `dy`, `x0`, `x`, `shares`, `narrow`, `inner`, `mixed`, `u`, the matrices, optional
 * `before`; attribute `first`; outputs for x, x_0 unless `first`, gates, down, up, bias and squares).
 */
export function mixedCross(
  x0: tf.Tensor2D,
  gates: tf.Tensor2D,
  layers: readonly MixedLayer[],
  backward: BackwardPass = {},
): tf.Tensor2D {
  if (hasKernel('MixedCross') && backward.take === undefined && backward.activations === undefined)
    return fused(x0, gates, layers, backward);
  const experts = gates.shape[1];
  return layers.reduce((x, { down, squares, up }) => {
    const scores: tf.Tensor2D = tf.matMul(x, gates);
    const shares = tf.split<tf.Tensor2D>(tf.softmax(scores), experts, 1); // [batch, 1] each
    const narrow = tf.split<tf.Tensor2D>(tf.tanh(factor(x, down, backward)), experts, 1); // [batch, rank] each
    const mixed = narrow.map((part, k) =>
      tf.mul<tf.Tensor2D>(tf.tanh(factor(part, squares[k], backward)), shares[k]),
    );
    return crossProduct(x0, mlp(tf.concat2d(mixed, 1), [up], 'linear', 'activations', backward), x);
  }, x0);
}

function fused(
  x0: tf.Tensor2D,
  gates: tf.Tensor2D,
  layers: readonly MixedLayer[],
  { onSaved }: BackwardPass,
): tf.Tensor2D {
  const count = layers.length;
  const experts = gates.shape[1];
  const run = (name: string, inputs: tf.NamedTensorMap, attributes = {}) =>
    tf.engine().runKernel(name, inputs, attributes) as unknown as tf.Tensor2D[];
  /** down, up and squares of a layer. */
  const named = ([down, up, ...squares]: tf.Tensor[]): tf.NamedTensorMap => ({
    ...{ down, up },
    ...Object.fromEntries(squares.map((square, k) => [`square${k}`, square])),
  });
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const [x0, gates, ...parameters] = args.slice(0, -1) as unknown as tf.Tensor2D[];
    const [xs, all]: [tf.Tensor2D[], tf.Tensor2D[][]] = [[x0], []];
    const matrices: tf.Tensor[] = [];
    for (let l = 0; l < count; l++) {
      const [bias, ...ofLayer] = parameters.slice((experts + 3) * l, (experts + 3) * (l + 1));
      const [y, ...kept] = run('MixedCross', { x0, x: xs[l], gates, bias, ...named(ofLayer) });
      xs.push(y);
      all.push(kept);
      matrices.push(...ofLayer);
    }
    const value = xs.pop()!;
    const inputsOf = all.flatMap(([, narrow, , mixed]) => [narrow, mixed]);
    save([
      ...xs,
      ...inputsOf,
      ...all.flatMap(([shares, , inner, , u]) => [shares, inner, u]),
      gates,
      ...matrices,
    ]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const left = [...saved]; // the list itself is the tape's
        const xs = left.splice(0, count);
        const inputsOf = left.splice(0, 2 * count);
        const others = left.splice(0, 3 * count);
        const [gates, ...matrices] = left;
        const [x0] = xs;
        const ofParameters: tf.Tensor[] = [];
        let slope = dy; // of x_{l+1}
        let before: tf.Tensor | undefined; // what x_0 gets of the layers after l
        let ofGates: tf.Tensor | undefined;
        for (let l = count - 1; l >= 0; l--) {
          const [narrow, mixed] = inputsOf.slice(2 * l);
          const [shares, inner, u] = others.slice(3 * l);
          const ofLayer = named(matrices.slice((experts + 2) * l, (experts + 2) * (l + 1)));
          const kept = { x0, x: xs[l], shares, narrow, inner, mixed, u, gates };
          const inputs = { dy: slope, ...kept, ...ofLayer, ...(before && { before }) };
          const [dx, ...rest] = run('MixedCrossGrad', inputs, { first: l === 0 });
          before?.dispose(); // its memory is warm: the next layer's goes there
          if (slope !== dy) slope.dispose();
          [slope, before] = [dx, l === 0 ? undefined : rest.shift()];
          const [dGates, dDown, dUp, dBias, ...dSquares] = rest;
          ofGates = ofGates === undefined ? dGates : tf.add(ofGates, dGates);
          ofParameters.unshift(dBias, dDown, dUp, ...dSquares);
        }
        return [slope, ofGates!, ...ofParameters];
      },
    };
  });
  const parameters = layers.flatMap(({ down, squares, up }) => [
    ...[up.bias, down.weights, up.weights],
    ...squares.map(({ weights }) => weights),
  ]);
  const output = op(x0, gates, ...parameters);
  onSaved?.({ output, count: 3 * count });
  return output;
}
