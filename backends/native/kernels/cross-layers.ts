import { sizeOf } from './layout.ts';
import { register } from './register.ts';
import type { TensorInfo } from '../../../tensors/index.ts';

/** The cross layers of DCN and DCN V2, and dot products of rows (harness/ops). */
export function registerCrossLayers(): void {
  register('CrossVectors', (backend, { x, weights, biases }) => {
    const [batch, n] = x.shape;
    const [layers] = weights.shape;
    const y = backend.output([batch, n], 'float32');
    const products = backend.output([batch, layers], 'float32');
    const inputs = [backend.floats(x), backend.floats(weights), backend.floats(biases)] as const;
    backend.addon.crossVectors(...inputs, y.values, products.values, batch, n, layers);
    return [y, products];
  });

  register('CrossVectorsGrad', (backend, { x, weights, biases, products, dy }) => {
    const [batch, n] = x.shape;
    const [layers] = weights.shape;
    const dx = backend.output([batch, n], 'float32');
    const [dWeights, dBiases] = [0, 1].map(() => backend.output([layers, n], 'float32'));
    backend.addon.crossVectorsGrad(
      ...([backend.floats(x), backend.floats(weights), backend.floats(biases)] as const),
      ...([backend.floats(products), backend.floats(dy)] as const),
      ...([dx.values, dWeights.values, dBiases.values, batch, n, layers] as const),
    );
    return [dx, dWeights, dBiases];
  });

  register('CrossProduct', (backend, { x0, u, x }) => {
    const y = backend.output([...x0.shape], 'float32');
    const inputs = [backend.floats(x0), backend.floats(u), backend.floats(x)] as const;
    backend.addon.crossProduct(...inputs, y.values, sizeOf(x0.shape));
    return y;
  });

  register('CrossProductGrad', (backend, { dy, x0, u, before }) => {
    const [du, dx0] = [0, 1].map(() => backend.output([...x0.shape], 'float32'));
    backend.addon.crossProductGrad(
      ...([backend.floats(dy), backend.floats(x0), backend.floats(u)] as const),
      (before as TensorInfo | undefined) && backend.floats(before),
      ...([du.values, dx0.values, sizeOf(x0.shape)] as const),
    );
    return [du, dx0];
  });

  register('RowDots', (backend, { a, b }) => {
    const [rows, n] = a.shape;
    const y = backend.output([rows], 'float32');
    backend.addon.rowDots(backend.floats(a), backend.floats(b), y.values, rows, n);
    return y;
  });

  register('RowDotsGrad', (backend, { a, b, dy }) => {
    const [rows, n] = a.shape;
    const [da, db] = [0, 1].map(() => backend.output([rows, n], 'float32'));
    const inputs = [backend.floats(a), backend.floats(b), backend.floats(dy)] as const;
    backend.addon.rowDotsGrad(...inputs, da.values, db.values, rows, n);
    return [da, db];
  });
}
