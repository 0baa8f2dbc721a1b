import { heap, register } from './heap-kernel.ts';

/** Kernels that move or add whole vectors (harness/ops); tfjs goes float by float, and transposes for other axes. */
export function registerVectorKernels(): void {
  register('ColumnSums', (backend, { x }) => {
    const [rows, columns] = x.shape;
    const output = backend.makeOutput([columns], 'float32');
    const [from, to] = [heap(backend, x), heap(backend, output)];
    const sums = new Float64Array(columns);
    for (let row = 0, at = 0; row < rows; row++) for (let k = 0; k < columns; k++) sums[k] += from[at++];
    to.set(sums);
    return output;
  });

  register('ReorderFields', (backend, { x }, attributes) => {
    const [batch, fields, dim] = x.shape;
    const order = attributes.order as number[];
    const output = backend.makeOutput(x.shape, 'float32');
    const [from, to] = [heap(backend, x), heap(backend, output)];
    for (let sample = 0, at = 0; sample < batch; sample++)
      for (let f = 0; f < fields; f++, at += dim) {
        const first = (sample * fields + order[f]) * dim;
        for (let k = 0; k < dim; k++) to[at + k] = from[first + k];
      }
    return output;
  });

  register('SumBlocks', (backend, { x }, attributes) => {
    const [batch, vectors, dim] = x.shape;
    const blocks = attributes.blocks as number;
    const output = backend.makeOutput([batch, vectors / blocks, dim], 'float32');
    const [from, to] = [heap(backend, x), heap(backend, output)];
    for (let at = 0, first = 0; at < to.length; at += dim, first += blocks * dim)
      for (let k = 0; k < dim; k++) {
        let sum = 0;
        for (let block = 0; block < blocks; block++) sum += from[first + block * dim + k];
        to[at + k] = sum;
      }
    return output;
  });

  register('SumBlocksGrad', (backend, { dy }, attributes) => {
    const [batch, fields, dim] = dy.shape;
    const blocks = attributes.blocks as number;
    const output = backend.makeOutput([batch, fields * blocks, dim], 'float32');
    const [from, to] = [heap(backend, dy), heap(backend, output)];
    for (let at = 0, first = 0; first < from.length; first += dim)
      for (let block = 0; block < blocks; block++, at += dim)
        for (let k = 0; k < dim; k++) to[at + k] = from[first + k];
    return output;
  });
}
