import * as tf from '../../../tensors/index.ts';
import { isNumeric, type Type } from '../backend.ts';
import { axesOf } from './layout.ts';
import type { PartialKernels } from './register.ts';

/** Slices by number: picked, or summed where a number occurs again. */
export const picks: PartialKernels = {
  GatherV2(backend, { x, indices }, { axis, batchDims }) {
    if (!isNumeric(x) || indices.dtype !== 'int32') return undefined;
    const [along] = axesOf(axis, x.shape);
    const { collectGatherOpShapeInfo } = tf.backend_util.segment_util;
    const info = collectGatherOpShapeInfo(x, indices, along, (batchDims as number | undefined) ?? 0);
    const out = backend.output(info.outputShape, x.dtype as Type);
    const numbers = backend.numbers(indices) as Int32Array;
    const { batchSize, outerSize, dimSize, sliceSize } = info;
    const count = batchSize === 0 ? 0 : numbers.length / batchSize;
    backend.addon.gather(
      backend.numbers(x),
      numbers,
      out.values,
      batchSize,
      outerSize,
      dimSize,
      count,
      sliceSize,
    );
    return out;
  },

  UnsortedSegmentSum(backend, { x, segmentIds }, { numSegments }) {
    const rows = segmentIds.shape[0];
    if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32') return undefined;
    if (segmentIds.shape.length !== 1 || rows !== x.shape[0]) return undefined;
    const out = backend.output([numSegments as number, ...x.shape.slice(1)], 'float32');
    const slice = tf.util.sizeFromShape(x.shape.slice(1));
    const ids = backend.numbers(segmentIds) as Int32Array;
    backend.addon.segmentSum(backend.floats(x), ids, out.values, rows, numSegments as number, slice);
    return out;
  },

  OneHot(backend, { indices }, attributes) {
    const { dtype, depth, onValue, offValue } = attributes as Record<string, number> & { dtype: Type };
    const small = (value: number) => Number.isInteger(value) && value >= 0 && value < 256;
    if (indices.dtype !== 'int32' || !isNumeric({ ...indices, dtype })) return undefined;
    if (dtype !== 'float32' && !(small(onValue) && small(offValue))) return undefined;
    const out = backend.output([...indices.shape, depth], dtype);
    const numbers = backend.numbers(indices) as Int32Array;
    backend.addon.oneHot(numbers, out.values, numbers.length, depth, onValue, offValue);
    return out;
  },
};
