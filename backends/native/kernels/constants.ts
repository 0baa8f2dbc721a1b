import * as tf from '../../../tensors/index.ts';
import { type NativeBackend, isNumeric, type Type } from '../backend.ts';
import type { PartialKernels } from './register.ts';

function filled(backend: NativeBackend, shape: number[], dtype: tf.DataType, value: number) {
  if (!isNumeric({ dataId: {}, shape, dtype })) return undefined;
  const out = backend.output([...shape], dtype as Type);
  out.values.fill(value); // a loop of the engine's, as fast as ours
  return out;
}

export const constants: PartialKernels = {
  ZerosLike: (backend, { x }) => filled(backend, x.shape, x.dtype, 0),
  OnesLike: (backend, { x }) => filled(backend, x.shape, x.dtype, 1),
  Fill(backend, _, { shape, value, dtype }) {
    const type = (dtype as tf.DataType | undefined) ?? tf.util.inferDtype(value as number);
    return filled(backend, shape as number[], type, value as number);
  },
  Range(backend, _, attributes) {
    const { start, stop, step, dtype } = attributes as Record<string, number> & {
      dtype: 'float32' | 'int32';
    };
    // tfjs's rules: without a step of one's own, down where stop is below start.
    const empty = start === stop || (start < stop && step < 0) || (stop < start && step > 1);
    const count = empty ? 0 : Math.abs(Math.ceil((stop - start) / step));
    const by = stop < start && step === 1 ? -1 : step;
    const out = backend.output([count], dtype);
    for (let i = 0; i < count; i++) out.values[i] = i === 0 ? start : out.values[i - 1] + by;
    return out;
  },
};
