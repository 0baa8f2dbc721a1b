import { broadcastStrides, type Floats, placesOf, sizeOf, stridesOf } from './arrays.ts';
import type { Inputs, Kernel } from './kernel.ts';

/** Kernels that take several elements together. */

/** Reduces the axes that are named, all if none are. `Max` has another name for them. */
export function reduced(start: number, of: (sum: number, x: number) => number): Kernel {
  return ({ x }, { axis, reductionIndices = axis }, shape) => {
    const named = reductionIndices ?? [...x.shape.keys()];
    const list = typeof named === 'number' ? [named] : (named as number[]);
    const axes = new Set(list.map((one) => (one < 0 ? one + x.shape.length : one)));
    const kept = x.shape.map((size, i) => (axes.has(i) ? 1 : size));
    const places = placesOf(x.shape, broadcastStrides(kept, x.shape));
    const sums = new Float64Array(sizeOf(kept)).fill(start);
    for (let i = 0; i < places.length; i++) sums[places[i]] = of(sums[places[i]], x.data[i]);
    return { data: Float32Array.from(sums), shape };
  };
}

export function softmaxed({ logits }: Inputs): Floats {
  const size = logits.shape.at(-1)!;
  const data = new Float32Array(logits.data.length);
  for (let start = 0; start < data.length; start += size) {
    const own = logits.data.subarray(start, start + size);
    const most = own.reduce((most, x) => Math.max(most, x), -Infinity);
    const shares = Array.from(own, (x) => Math.exp(x - most));
    const sum = shares.reduce((sum, x) => sum + x, 0);
    shares.forEach((share, i) => (data[start + i] = share / sum));
  }
  return { data, shape: logits.shape };
}

/** The position of the first extreme along an axis. */
export function extreme(better: (x: number, best: number) => boolean): Kernel {
  return ({ x }, { axis }, shape) => {
    const at = Number(axis) < 0 ? Number(axis) + x.shape.length : Number(axis);
    const strides = stridesOf(x.shape);
    const others = x.shape.filter((_, i) => i !== at);
    const starts = placesOf(
      others,
      strides.filter((_, i) => i !== at),
    );
    const data = Float32Array.from(starts, (start) => {
      let best = 0;
      for (let i = 1; i < x.shape[at]; i++)
        if (better(x.data[start + i * strides[at]], x.data[start + best * strides[at]])) best = i;
      return best;
    });
    return { data, shape };
  };
}
