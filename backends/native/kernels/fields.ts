import { layout, setDimension } from './layout.ts';
import { register } from './register.ts';

/** What methods of the harness are made of (harness/ops): vectors of fields, moved, summed and projected. */
export function registerFieldKernels(): void {
  register('ProjectFields', (backend, { x, matrices }) => {
    const [batch, fields, input] = x.shape;
    const output = matrices.shape[2];
    const y = backend.output([batch, fields, output], 'float32');
    const arrays = [backend.floats(x), backend.floats(matrices), y.values] as const;
    backend.addon.projectFields(...arrays, batch, fields, input, output);
    return y;
  });

  register('ProjectFieldsGradX', (backend, { dy, matrices }) => {
    const [batch, fields, output] = dy.shape;
    const input = matrices.shape[1];
    const dx = backend.output([batch, fields, input], 'float32');
    const arrays = [backend.floats(dy), backend.floats(matrices), dx.values] as const;
    backend.addon.projectFieldsGradX(...arrays, batch, fields, input, output);
    return dx;
  });

  register('ProjectFieldsGradMatrices', (backend, { x, dy }) => {
    const [batch, fields, input] = x.shape;
    const output = dy.shape[2];
    const dmatrices = backend.output([fields, input, output], 'float32');
    const arrays = [backend.floats(x), backend.floats(dy), dmatrices.values] as const;
    backend.addon.projectFieldsGradMatrices(...arrays, batch, fields, input, output);
    return dmatrices;
  });

  register('ReorderFields', (backend, { x }, attributes) => {
    const [batch, fields, dim] = x.shape;
    const order = Int32Array.from(attributes.order as number[]);
    const y = backend.output(x.shape, 'float32');
    backend.addon.gather(backend.floats(x), order, y.values, 1, batch, fields, fields, dim);
    return y;
  });

  register('SumBlocks', (backend, { x }, attributes) => {
    const [batch, vectors, dim] = x.shape;
    const blocks = attributes.blocks as number;
    const y = backend.output([batch, vectors / blocks, dim], 'float32');
    backend.addon.sum(backend.floats(x), y.values, (batch * vectors) / blocks, blocks, dim, 1);
    return y;
  });

  register('SumBlocksGrad', (backend, { dy }, attributes) => {
    const [batch, fields, dim] = dy.shape;
    const blocks = attributes.blocks as number;
    const dx = backend.output([batch, fields * blocks, dim], 'float32');
    setDimension(0, batch * fields, dim, blocks * dim);
    setDimension(1, blocks, 0, dim);
    setDimension(2, dim, 1, 1);
    backend.addon.copy(backend.floats(dy), dx.values, layout, 3, 0, 0);
    return dx;
  });

  register('ColumnSums', (backend, { x }) => {
    const [rows, columns] = x.shape;
    const sums = backend.output([columns], 'float32');
    backend.addon.sum(backend.floats(x), sums.values, 1, rows, columns, 1);
    return sums;
  });
}
