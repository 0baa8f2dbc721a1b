import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/**
 * The cross layers of DCN (Wang et al., ADKDD 2017): x_{l+1} = x_0 (x_l . w_l) + b_l + x_l. x: [batch, n] is x_0, weights and
 * biases: [layers, n], a row for each layer -> x_L: [batch, n].
 *
 * Every x_l is a_l x_0 + c_l with a number a_l of the sample and a vector c_l of the batch: a_{l+1} = a_l + s_l, c_{l+1} = c_l +
 * b_l, s_l = x_l . w_l = a_l (x_0 . w_l) + c_l . w_l. All layers together are thus one thin product with x_0 and a line of
 * arithmetic for each layer, and no x_l between is ever written.
 *
 * Backends may bring kernels `CrossVectors` (inputs `x`, `weights`, `biases`; outputs x_L, and the products x_0 . w_l: [batch,
 * layers]) and `CrossVectorsGrad` (these inputs, `products` and `dy`; outputs for `x`, `weights` and `biases`).
 */
export function crossVectors(x: tf.Tensor2D, weights: tf.Tensor2D, biases: tf.Tensor2D): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [x, weights, biases, save] = args as unknown as [
      ...[x: tf.Tensor2D, weights: tf.Tensor2D, biases: tf.Tensor2D],
      save: tf.GradSaveFunc,
    ];
    const [value, products] = kernelOr('CrossVectors', { x, weights, biases }, () =>
      tf.tidy((): tf.Tensor[] => {
        const products: tf.Tensor2D = tf.matMul(x, weights, false, true); // [batch, layers]
        const { factors, shifts } = courseOf(products, weights, biases);
        return [tf.add(tf.mul(x, factors.at(-1)!), shifts.at(-1)!), products];
      }),
    );
    save([x, weights, biases, products]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [x, weights, biases, products]: tf.Tensor[]) =>
        kernelOr('CrossVectorsGrad', { x, weights, biases, products, dy }, () =>
          gradients(...([dy, x, weights, biases, products] as Parameters<typeof gradients>)),
        ),
    };
  });
  return op(x, weights, biases) as tf.Tensor2D;
}

interface Course {
  /** a_0 to a_L: [batch, 1]. */
  readonly factors: readonly tf.Tensor2D[];
  /** c_0 to c_L: [1, n]. */
  readonly shifts: readonly tf.Tensor2D[];
  readonly products: readonly tf.Tensor2D[];
  readonly weights: readonly tf.Tensor2D[];
}

function courseOf(products: tf.Tensor2D, weights: tf.Tensor2D, biases: tf.Tensor2D): Course {
  const [layers, n] = weights.shape;
  const columns = tf.split<tf.Tensor2D>(products, layers, 1);
  const rows = tf.split<tf.Tensor2D>(weights, layers);
  const factors = [tf.ones<tf.Rank.R2>([products.shape[0], 1])];
  const shifts = [tf.zeros<tf.Rank.R2>([1, n])];
  tf.split(biases, layers).forEach((bias, l) => {
    const ofShift = tf.sum(tf.mul(shifts[l], rows[l])); // c_l . w_l
    const s = tf.add(tf.mul(factors[l], columns[l]), ofShift);
    factors.push(tf.add(factors[l], s));
    shifts.push(tf.add(shifts[l], bias));
  });
  return { factors, shifts, products: columns, weights: rows };
}

/** The same backwards; s_l passes on what a_{l+1} gets. */
function gradients(
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  weights: tf.Tensor2D,
  biases: tf.Tensor2D,
  products: tf.Tensor2D,
): tf.Tensor[] {
  return tf.tidy(() => {
    const course = courseOf(products, weights, biases);
    const layers = course.weights.length;
    let ofFactor: tf.Tensor2D = tf.sum(tf.mul(dy, x), 1, true); // [batch, 1]
    let ofShift: tf.Tensor2D = tf.sum(dy, 0, true); // [1, n]
    const ofProducts: tf.Tensor2D[] = [];
    const ofBiases: tf.Tensor2D[] = [];
    const ofRows: tf.Tensor2D[] = []; // by way of c_l . w_l
    for (let l = layers - 1; l >= 0; l--) {
      const ofDot = tf.sum(ofFactor);
      ofProducts.unshift(tf.mul(ofFactor, course.factors[l]));
      ofBiases.unshift(ofShift);
      ofRows.unshift(tf.mul(course.shifts[l], ofDot));
      ofFactor = tf.add(ofFactor, tf.mul(ofFactor, course.products[l]));
      ofShift = tf.add(ofShift, tf.mul(course.weights[l], ofDot));
    }
    const dProducts = tf.concat2d(ofProducts, 1);
    const dx = tf.add(tf.mul(dy, course.factors[layers]), tf.matMul(dProducts, weights));
    const dWeights = tf.add(tf.matMul(dProducts, x, true, false), tf.concat2d(ofRows, 0));
    return [dx, dWeights, tf.concat2d(ofBiases, 0)];
  });
}
