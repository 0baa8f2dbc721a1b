import { register } from '../register.ts';
import { columnSums } from './column-sums.ts';
import { multiply } from './product.ts';

/** A dense layer and its gradients, each one product (harness/ops/mlp.ts). */
export function registerDenseLayer(): void {
  register('DenseLayer', (backend, { x, weights, bias }, { activation }) => {
    const [rows, inner] = x.shape;
    const columns = weights.shape[1];
    const y = backend.output([rows, columns], 'float32');
    multiply(backend, {
      rows,
      columns,
      inner,
      batches: 1,
      a: { data: x, stride: inner, step: 0 },
      b: { data: weights, stride: columns, step: 0 },
      c: { data: y, stride: columns, step: 0 },
      bias,
      relu: activation === 'relu',
    });
    return y;
  });

  register('DenseLayerGradInput', (backend, { dz, weights, mask }) => {
    const [rows, inner] = dz.shape;
    const columns = weights.shape[0];
    const dx = backend.output([rows, columns], 'float32');
    multiply(backend, {
      rows,
      columns,
      inner,
      batches: 1,
      a: { data: dz, stride: inner, step: 0 },
      b: { data: weights, stride: inner, step: 0, transposed: true },
      c: { data: dx, stride: columns, step: 0 },
      mask,
    });
    return dx;
  });

  register('DenseLayerGradWeights', (backend, { x, dz }) => {
    const [inner, rows] = x.shape;
    const columns = dz.shape[1];
    const dWeights = backend.output([rows, columns], 'float32');
    const dBias = backend.output([columns], 'float32');
    const product = {
      rows,
      columns,
      inner,
      batches: 1,
      a: { data: x, stride: rows, step: 0, transposed: true },
      b: { data: dz, stride: columns, step: 0 },
      c: { data: dWeights, stride: columns, step: 0 },
      sums: dBias,
    };
    if (rows > 0) multiply(backend, product, true);
    else columnSums(backend, dz, dBias, inner, columns); // no product that they could come with
    return [dWeights, dBias];
  });
}
