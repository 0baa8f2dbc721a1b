import * as tf from '../../../tensors/index.ts';
import type { GpuBackend } from '../backend.ts';
import { type Attributes, type Inputs, register } from '../register.ts';
import { multiply } from './product.ts';

/** Replaces tfjs's own products of float matrices, or of batches of them; its kernels do the rest. */
export function registerMatMul(): void {
  for (const name of ['BatchMatMul', '_FusedMatMul']) {
    const { kernelFunc } = tf.getKernel(name, 'webgpu');
    register(name, (backend, inputs, attributes) => {
      return (
        product(backend, inputs, attributes) ??
        kernelFunc({ inputs, backend, attrs: attributes as tf.NamedAttrMap })
      );
    });
  }
}

function product(backend: GpuBackend, inputs: Inputs, attributes: Attributes): tf.TensorInfo | undefined {
  const { a, b, bias, preluActivationWeights } = inputs as Partial<Inputs> & Inputs;
  const { transposeA, transposeB, activation = 'linear' } = attributes;
  const rank = a.shape.length;
  const [batchA, batchB] = [a, b].map(({ shape }) => (shape.length === 3 ? shape[0] : 1));
  if ([a, b].some(({ shape, dtype }) => shape.length !== rank || dtype !== 'float32')) return undefined;
  if ((rank !== 2 && rank !== 3) || (batchA !== batchB && batchA !== 1 && batchB !== 1)) return undefined;
  if (activation !== 'linear' && activation !== 'relu') return undefined;
  if (preluActivationWeights !== undefined) return undefined;
  const [sidesA, sidesB] = [a.shape.slice(-2), b.shape.slice(-2)];
  const [rows, inner] = transposeA ? sidesA.toReversed() : sidesA;
  const [innerB, columns] = transposeB ? sidesB.toReversed() : sidesB;
  if (inner !== innerB) return undefined; // the message is tfjs's
  if (
    bias !== undefined &&
    (bias.dtype !== 'float32' || bias.shape.length !== 1 || bias.shape[0] !== columns)
  )
    return undefined;

  const batches = batchA === 1 ? batchB : batchA;
  const c = backend.output(rank === 2 ? [rows, columns] : [batches, rows, columns], 'float32');
  const step = (own: number, size: number) => (own === 1 ? 0 : size);
  const operands = {
    a: { data: a, stride: sidesA[1], step: step(batchA, rows * inner), transposed: Boolean(transposeA) },
    b: { data: b, stride: sidesB[1], step: step(batchB, inner * columns), transposed: Boolean(transposeB) },
    c: { data: c, stride: columns, step: rows * columns },
  };
  // Sums over a batch are long; with a bias or an activation they must be whole.
  const inLong = batches === 1 && bias === undefined && activation === 'linear';
  multiply(
    backend,
    { rows, columns, inner, batches, ...operands, bias, relu: activation === 'relu' },
    inLong,
  );
  return c;
}
