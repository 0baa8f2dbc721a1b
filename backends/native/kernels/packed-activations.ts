import type { Addon } from '../addon.ts';
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
    const numbers = [backend.integers(words), backend.floats(scale), x.values] as const;
    backend.loop(unpackRows, backend.addon, ...numbers, rows, columns, bits, signed);
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
    backend.loop(
      ...([
        gradWeights,
        backend.addon,
        backend.floats(scale),
        backend.integers(words),
        bits,
        signed,
      ] as const),
      ...([backend.floats(dz), dWeights.values, dBias.values, batch, columns, output] as const),
    );
    return [dWeights, dBias];
  });
}

/** The add-on takes the scale as a number. */
function unpackRows(
  addon: Addon,
  words: Int32Array,
  [largest]: Float32Array,
  x: Float32Array,
  ...form: [rows: number, columns: number, bits: number, signed: boolean]
): void {
  addon.unpackRows(words, largest, x, ...form);
}

function gradWeights(
  addon: Addon,
  [largest]: Float32Array,
  words: Int32Array,
  bits: number,
  signed: boolean,
  dz: Float32Array,
  dWeights: Float32Array,
  dBias: Float32Array,
  ...sizes: [batch: number, input: number, output: number]
): void {
  addon.packedGradWeights(words, largest, bits, signed, dz, dWeights, dBias, ...sizes);
}
