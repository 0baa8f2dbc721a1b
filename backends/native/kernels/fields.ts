import type { TensorInfo } from '../../../tensors/index.ts';
import { fill } from './constants.ts';
import { register } from './register.ts';

/** The operations of methods (harness/ops): vectors of fields put together, and columns summed. */
export function registerFieldKernels(): void {
  register('JoinFields', (backend, inputs, attributes) => {
    const { members, fields, dim } = attributes as { members: number[][]; fields: number; dim: number };
    const [batch] = inputs.x0.shape;
    const y = backend.output([batch, fields, dim], 'float32');
    backend.loop(fill, y.values, 0);
    members.forEach((ofGroup, group) => {
      const x = inputs[`x${group}`];
      const matrices = inputs[`matrices${group}`] as TensorInfo | undefined;
      backend.addon.joinFields(
        backend.floats(x),
        matrices && backend.floats(matrices),
        y.values,
        Uint32Array.from(ofGroup),
        batch,
        x.shape[2],
        fields,
        dim,
      );
    });
    return y;
  });

  register('JoinFieldsGradX', (backend, { dy, matrices }, attributes) => {
    const [batch, fields, dim] = dy.shape;
    const members = Uint32Array.from(attributes.members as number[]);
    const width = matrices === undefined ? dim : matrices.shape[1];
    const dx = backend.output([batch, members.length, width], 'float32');
    backend.addon.joinFieldsGradX(
      backend.floats(dy),
      matrices && backend.floats(matrices),
      dx.values,
      members,
      batch,
      width,
      fields,
      dim,
    );
    return dx;
  });

  register('JoinFieldsGradMatrices', (backend, { x, dy }, attributes) => {
    const [batch, count, width] = x.shape;
    const [, fields, dim] = dy.shape;
    const members = Uint32Array.from(attributes.members as number[]);
    const dMatrices = backend.output([count, width, dim], 'float32');
    const arrays = [backend.floats(x), backend.floats(dy), dMatrices.values] as const;
    backend.addon.joinFieldsGradMatrices(...arrays, members, batch, width, fields, dim);
    return dMatrices;
  });

  register('ColumnSums', (backend, { x }) => {
    const [rows, columns] = x.shape;
    const sums = backend.output([columns], 'float32');
    backend.addon.sum(backend.floats(x), sums.values, 1, rows, columns, 1);
    return sums;
  });
}
