import * as tf from '../../tensors/index.ts';
import type { BackwardPass, DenseLayer } from '../contract/model.ts';
import { crossed, crossGradients } from './cross-product.ts';
import { columnSums, denseLayer, gradInput } from './dense-layer.ts';
import { type LayerInput, packedInput, wholeInput } from './layer-input.ts';

/**
 * The cross layers of DCN V2 with whole matrices: x_{l+1} = x_0 o (x_l W_l + b_l) + x_l. x: [batch, n] is x_0, weights [n, n] ->
 * x_L: [batch, n]. One operation, because the gradient of x_0 is a sum over all layers.
 *
 * As in `mlp`, the forward pass is exact whatever is asked of the backward pass. With `activations`, what layers were given is
 * kept in codes, and the products x_l W_l + b_l as they are: gradients of weights are approximate then, those of inputs not.
 * With `take`, gradients of weights go there and not on the tape.
 */
export function crossMatrices(
  x: tf.Tensor2D,
  layers: readonly DenseLayer[],
  { take, activations, onSaved }: BackwardPass = {},
): tf.Tensor2D {
  const count = layers.length;
  const keep = (x: tf.Tensor2D) =>
    activations === undefined ? wholeInput(x) : packedInput(x, activations, true);
  let ofLayers = 0;
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const x0 = args[0] as tf.Tensor2D;
    const inputs: LayerInput[] = [];
    const products: tf.Tensor2D[] = [];
    let y = x0;
    layers.forEach(({ weights, bias }, l) => {
      const x = y;
      inputs.push(keep(x));
      products.push(denseLayer(x, weights, bias, 'linear'));
      y = crossed(x0, products[l], x);
      if (activations !== undefined && l > 0) x.dispose(); // its memory goes to the next layer's output
    });
    const kept = inputs.flatMap(({ tensors }) => tensors);
    ofLayers = kept.length;
    save([...kept, x0, ...products, ...layers.map(({ weights }) => weights)]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const left = [...saved]; // the list itself is the tape's
        const there = inputs.map((kept) => kept.with(left.splice(0, kept.tensors.length)));
        const [x0, ...rest] = left as tf.Tensor2D[];
        const [products, weights] = [rest.slice(0, count), rest.slice(count)];
        const parametersOf = (l: number, dz: tf.Tensor2D): tf.Tensor[] => {
          if (take === undefined) return there[l].gradWeights(dz);
          const x = there[l].whole();
          take(layers[l], x, dz);
          x.dispose();
          return [columnSums(dz)];
        };
        return gradients(dy as tf.Tensor2D, x0, products, weights, parametersOf);
      },
    };
  });
  // Weights whose gradients are taken are no inputs: the tape would want a gradient of their shape.
  const parameters = layers.flatMap(({ weights, bias }) => (take ? [bias] : [weights, bias]));
  const output = op(x, ...parameters);
  onSaved?.({ output, count: ofLayers });
  return output;
}

/** Gradients in the order of the operation's inputs: x_0, then the parameters layer by layer. */
function gradients(
  dy: tf.Tensor2D,
  x0: tf.Tensor2D,
  products: readonly tf.Tensor2D[],
  weights: readonly tf.Tensor2D[],
  parametersOf: (l: number, dz: tf.Tensor2D) => tf.Tensor[],
): tf.Tensor[] {
  const ofParameters: tf.Tensor[] = [];
  let slope = dy; // of x_{l+1}
  let ofX0: tf.Tensor2D | undefined;
  for (let l = weights.length - 1; l >= 0; l--) {
    const [dz, sum] = crossGradients(slope, x0, products[l], ofX0);
    ofX0?.dispose();
    ofX0 = sum;
    ofParameters.unshift(...parametersOf(l, dz));
    const through = gradInput(dz, weights[l], undefined);
    const before: tf.Tensor2D = tf.add(slope, through);
    tf.dispose([dz, through]);
    if (slope !== dy) slope.dispose();
    slope = before;
  }
  const dx = ofX0 === undefined ? slope : tf.add(slope, ofX0);
  return [dx, ...ofParameters];
}
