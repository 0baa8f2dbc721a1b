import type { NativeTensor } from '../backend.ts';
import { type Attributes, register } from './register.ts';

interface Form {
  readonly bits: number;
  readonly signed: boolean;
  readonly columns: number;
}
const formOf = (attributes: Attributes) => attributes as unknown as Form;

/** Activations in codes of few bits (harness/ops/packed-activations.ts), and gradients from them (harness/ops/mlp.ts). */
export function registerPackedActivations(): void {
  register('PackActivations', (backend, { x }, attributes) => {
    const [rows, columns] = x.shape;
    const { bits, signed } = formOf(attributes);
    const words = backend.output([rows, Math.ceil((columns * bits) / 32)], 'int32');
    const scale = backend.output([], 'float32');
    backend.addon.packRows(backend.floats(x), words.values, scale.values, rows, columns, bits, signed);
    return [words, scale];
  });

  register('UnpackActivations', (backend, { words, scale }, attributes) => {
    const { bits, signed, columns } = formOf(attributes);
    const [rows] = words.shape;
    const x: NativeTensor<'float32'> = backend.output([rows, columns], 'float32');
    const [largest] = backend.floats(scale);
    backend.addon.unpackRows(backend.integers(words), largest, x.values, rows, columns, bits, signed);
    return x;
  });

  register('DenseLayerGradInputPacked', (backend, { dz, weights, words }, attributes) => {
    const [batch, output] = dz.shape;
    const { bits, columns } = formOf(attributes);
    const dx = backend.output([batch, columns], 'float32');
    const [of, through] = [backend.floats(dz), backend.floats(weights)];
    backend.addon.packedGradInput(
      of,
      through,
      backend.integers(words),
      bits,
      dx.values,
      batch,
      columns,
      output,
    );
    return dx;
  });

  register('DenseLayerGradWeightsPacked', (backend, { words, scale, dz }, attributes) => {
    const [batch, output] = dz.shape;
    const { bits, signed, columns } = formOf(attributes);
    const dWeights = backend.output([columns, output], 'float32');
    const dBias = backend.output([output], 'float32');
    const [largest] = backend.floats(scale);
    backend.addon.packedGradWeights(
      ...([backend.integers(words), largest, bits, signed, backend.floats(dz)] as const),
      ...([dWeights.values, dBias.values, batch, columns, output] as const),
    );
    return [dWeights, dBias];
  });
}
