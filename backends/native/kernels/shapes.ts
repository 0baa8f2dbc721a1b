import * as tf from '../../../tensors/index.ts';
import { type NativeBackend, isNumeric, type Type } from '../backend.ts';
import { fill } from './constants.ts';
import { axesOf, layout, maxRank, sameShape, setDimension, sizeOf, stepsOf } from './layout.ts';
import type { PartialKernels } from './register.ts';

/** Numbers moved, none changed: all of these are copies with other steps. */

/** A part of x: `shape` numbers from `begin`, every `strides`th along each dimension. */
function part(
  backend: NativeBackend,
  x: tf.TensorInfo,
  begin: readonly number[],
  shape: readonly number[],
  strides?: readonly number[],
  outputShape: readonly number[] = shape,
): tf.TensorInfo {
  const out = backend.output([...outputShape], x.dtype as Type);
  const [from, to] = [stepsOf(x.shape), stepsOf(shape)];
  let offset = 0;
  for (let d = 0; d < shape.length; d++) {
    offset += begin[d] * from[d];
    setDimension(d, shape[d], from[d] * (strides?.[d] ?? 1), to[d]);
  }
  backend.addon.copy(backend.numbers(x), out.values, layout, shape.length, offset, 0);
  return out;
}

/** x as the part of `out` (without gaps, of `outShape`) that starts at `begin`. */
function place(
  backend: NativeBackend,
  x: tf.TensorInfo,
  shape: readonly number[],
  out: { readonly values: Float32Array | Int32Array | Uint8Array },
  outShape: readonly number[],
  begin: readonly number[],
): void {
  const [from, to] = [stepsOf(shape), stepsOf(outShape)];
  let offset = 0;
  for (let d = 0; d < shape.length; d++) {
    offset += begin[d] * to[d];
    setDimension(d, shape[d], from[d], to[d]);
  }
  backend.addon.copy(backend.numbers(x), out.values, layout, shape.length, 0, offset);
}

export function transpose(backend: NativeBackend, x: tf.TensorInfo, order: readonly number[]): tf.TensorInfo {
  const shape = order.map((d) => x.shape[d]);
  const out = backend.output(shape, x.dtype as Type);
  const [from, to] = [stepsOf(x.shape), stepsOf(shape)];
  order.forEach((d, i) => setDimension(i, shape[i], from[d], to[i]));
  backend.addon.copy(backend.numbers(x), out.values, layout, shape.length, 0, 0);
  return out;
}

/** Tensors one after the other along an axis; `sides` are their sizes along it, and `rest` the shape of each but for it. */
function concat(
  backend: NativeBackend,
  tensors: readonly tf.TensorInfo[],
  axis: number,
  sides: readonly number[],
  shape: readonly number[],
): tf.TensorInfo {
  const out = backend.output([...shape], tensors[0].dtype as Type);
  const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
  let at = 0;
  tensors.forEach((tensor, i) => {
    place(backend, tensor, [outer, sides[i] * inner], out, [outer, shape[axis] * inner], [0, at * inner]);
    at += sides[i];
  });
  return out;
}

/** Dimensions fit, numbers are numbers. */
const moves = (x: tf.TensorInfo) => isNumeric(x) && x.shape.length <= maxRank / 2;

export const shapes: PartialKernels = {
  Transpose: (backend, { x }, { perm }) => (moves(x) ? transpose(backend, x, perm as number[]) : undefined),

  Slice(backend, { x }, { begin, size }) {
    if (!moves(x)) return undefined;
    const [first, shape] = tf.slice_util.parseSliceParams(x, begin as number[], size as number[]);
    tf.slice_util.assertParamsValid(x, first, shape);
    return part(backend, x, first, shape);
  },

  StridedSlice(backend, { x }, attributes) {
    if (!moves(x)) return undefined;
    const masks = ['beginMask', 'endMask', 'ellipsisMask', 'newAxisMask', 'shrinkAxisMask'] as const;
    const { begin, end, strides } = attributes as Record<string, number[]>;
    const [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] = masks.map(
      (mask) => attributes[mask] as number,
    );
    const info = tf.slice_util.sliceInfo(
      x.shape,
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    const shape = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
    return part(backend, x, info.begin, shape, info.strides, info.finalShape);
  },

  SplitV(backend, { x }, { numOrSizeSplits, axis }) {
    if (!moves(x)) return undefined;
    const [along] = axesOf(axis, x.shape);
    const sides = tf.backend_util.prepareSplitSize(x, numOrSizeSplits as number[], along);
    let at = 0;
    return sides.map((side) => {
      const shape = x.shape.map((whole, d) => (d === along ? side : whole));
      const begin = x.shape.map((_, d) => (d === along ? at : 0));
      at += side;
      return part(backend, x, begin, shape);
    });
  },

  Unpack(backend, { value }, { axis }) {
    if (!moves(value)) return undefined;
    const along = axesOf(axis, value.shape)[0];
    const shape = value.shape.map((side, d) => (d === along ? 1 : side));
    const outputShape = value.shape.filter((_, d) => d !== along);
    return Array.from({ length: value.shape[along] }, (_, i) => {
      const begin = value.shape.map((_, d) => (d === along ? i : 0));
      return part(backend, value, begin, shape, undefined, outputShape);
    });
  },

  Concat(backend, inputs, { axis }) {
    const tensors = inputs as unknown as tf.TensorInfo[];
    if (!tensors.every((tensor) => moves(tensor) && tensor.dtype === tensors[0].dtype)) return undefined;
    const [along] = axesOf(axis, tensors[0].shape);
    const theirShapes = tensors.map(({ shape }) => shape);
    tf.backend_util.assertParamsConsistent(theirShapes, along);
    const shape = tf.backend_util.computeOutShape(theirShapes, along);
    const sides = theirShapes.map((own) => own[along]);
    return concat(backend, tensors, along, sides, shape);
  },

  Pack(backend, inputs, { axis }) {
    const tensors = inputs as unknown as tf.TensorInfo[];
    const [{ shape: each, dtype }] = tensors;
    const alike = tensors.every((tensor) => tensor.dtype === dtype && sameShape(tensor.shape, each));
    if (!alike || !moves(tensors[0])) return undefined;
    const along = (axis as number) < 0 ? (axis as number) + each.length + 1 : (axis as number);
    const shape = [...each.slice(0, along), tensors.length, ...each.slice(along)];
    const sides = tensors.map(() => 1);
    return concat(backend, tensors, along, sides, shape);
  },

  PadV2(backend, { x }, { paddings, constantValue }) {
    if (!moves(x)) return undefined;
    const pads = paddings as [number, number][];
    const shape = x.shape.map((side, d) => pads[d][0] + side + pads[d][1]);
    const out = backend.output(shape, x.dtype as Type);
    backend.loop(fill, out.values, constantValue as number);
    const begin = pads.map(([before]) => before);
    place(backend, x, x.shape, out, shape, begin);
    return out;
  },

  Tile(backend, { x }, { reps }) {
    if (!moves(x)) return undefined;
    const times = reps as number[];
    const shape = x.shape.map((side, d) => side * times[d]);
    const out = backend.output(shape, x.dtype as Type);
    const [from, to] = [stepsOf(x.shape), stepsOf(shape)];
    x.shape.forEach((side, d) => {
      setDimension(2 * d, times[d], 0, side * to[d]);
      setDimension(2 * d + 1, side, from[d], to[d]);
    });
    backend.addon.copy(backend.numbers(x), out.values, layout, 2 * x.shape.length, 0, 0);
    return out;
  },

  Reverse(backend, { x }, { dims }) {
    if (!moves(x)) return undefined;
    const axes = axesOf(dims, x.shape);
    const begin = x.shape.map((side, d) => (axes.includes(d) ? side - 1 : 0));
    const strides = x.shape.map((_, d) => (axes.includes(d) ? -1 : 1));
    return part(backend, x, begin, x.shape, strides);
  },
};
