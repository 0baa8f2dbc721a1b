import * as tf from '../../../tensors/index.ts';
import type { Numbers } from '../addon.ts';
import { type NativeBackend, isNumeric, type Type } from '../backend.ts';
import type { PartialKernels } from './register.ts';

/** A loop of the engine's, as fast as ours. */
export const fill = (numbers: Numbers, value: number): void => void numbers.fill(value);

function filled(backend: NativeBackend, shape: number[], dtype: tf.DataType, value: number) {
  if (!isNumeric({ dataId: {}, shape, dtype })) return undefined;
  const out = backend.output([...shape], dtype as Type);
  backend.loop(fill, out.values, value);
  return out;
}

function fillRange(numbers: Numbers, start: number, by: number): void {
  for (let i = 0; i < numbers.length; i++) numbers[i] = i === 0 ? start : numbers[i - 1] + by;
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
    backend.loop(fillRange, out.values, start, by);
    return out;
  },
};
