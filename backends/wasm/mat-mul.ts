import * as tf from '../../tensors/index.ts';

/**
 * The wasm backend multiplies through XNNPACK only if neither side is transposed and there is one product in the
 * batch; everything else, all gradients of a dense layer among them, takes a naive loop some twenty times slower.
 * Transposing first and multiplying large batched products one by one keeps XNNPACK in play.
 */
export function registerMatMul(): void {
  const original = tf.getKernel('BatchMatMul', 'wasm');
  if (original === undefined || 'explicitTransposes' in original.kernelFunc) return;
  const kernelFunc: tf.KernelFunc = (params) => {
    const { transposeA, transposeB } = params.attrs as unknown as {
      transposeA: boolean;
      transposeB: boolean;
    };
    const { a, b } = params.inputs as { a: tf.Tensor; b: tf.Tensor };
    const single = products(a) === 1 && products(b) === 1;
    if (single && !transposeA && !transposeB) return original.kernelFunc(params);
    if (!single && !worthSplitting(a, b, transposeB)) return original.kernelFunc(params);
    return tf.tidy(() => {
      const left = transposeA ? transposed(a) : a;
      const right = transposeB ? transposed(b) : b;
      return single ? multiply(left, right) : multiplyOneByOne(left, right);
    });
  };
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({ ...original, kernelFunc: Object.assign(kernelFunc, { explicitTransposes: true }) });
}

const multiply = (a: tf.Tensor, b: tf.Tensor) =>
  tf.engine().runKernel<tf.Tensor>('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });

const multiplyOneByOne = (a: tf.Tensor, b: tf.Tensor) => {
  const rights = tf.split(b, products(b));
  const results = tf.split(a, products(a)).map((left, i) => multiply(left, rights[i]));
  return tf.concat(results, 0);
};

/** Matrices in a batch: [rows, columns] or [products, rows, columns]. */
const products = ({ shape }: tf.Tensor) => shape.slice(0, -2).reduce((product, side) => product * side, 1);

const transposed = (x: tf.Tensor) => {
  const axes = x.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return tf.engine().runKernel<tf.Tensor>('Transpose', { x }, { perm });
};

/** Slicing, packing and joining cost as much as the naive loop needs for some 10^5 multiplications. */
function worthSplitting(a: tf.Tensor, b: tf.Tensor, transposeB: boolean): boolean {
  const multiplications = a.shape.at(-2)! * a.shape.at(-1)! * b.shape.at(transposeB ? -2 : -1)!;
  return products(a) === products(b) && a.rank === 3 && multiplications > 1e5;
}
