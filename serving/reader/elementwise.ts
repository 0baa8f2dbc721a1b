import { broadcastShape, broadcastStrides, type Floats, placesOf, sizeOf } from './arrays.ts';
import type { Kernel } from './kernel.ts';

/** Kernels that compute each element by itself. */

export const unary =
  (of: (x: number) => number): Kernel =>
  ({ x }) => ({ data: x.data.map(of), shape: x.shape });

export function binary(of: (a: number, b: number) => number): Kernel {
  return ({ a, b }) => {
    const shape = broadcastShape(a.shape, b.shape);
    const data = new Float32Array(sizeOf(shape));
    const whole = [a, b].map((one) => sizeOf(one.shape) === data.length);
    if (whole[0] && whole[1]) for (let i = 0; i < data.length; i++) data[i] = of(a.data[i], b.data[i]);
    else {
      const ofA = placesOf(shape, broadcastStrides(a.shape, shape));
      const ofB = placesOf(shape, broadcastStrides(b.shape, shape));
      for (let i = 0; i < data.length; i++) data[i] = of(a.data[ofA[i]], b.data[ofB[i]]);
    }
    return { data, shape };
  };
}

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
export const truth = (of: (a: number, b: number) => boolean) => binary((a, b) => Number(of(a, b)));

/** Half to even, as tfjs rounds. */
export function rounded(x: number): number {
  const base = Math.floor(x);
  if (x - base !== 0.5) return Math.round(x);
  return base % 2 === 0 ? base : base + 1;
}

export const activations: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  sigmoid,
};

/** Adds a number to each column, or one to all. */
export function addBias({ data, shape }: Floats, bias: Floats): void {
  const width = bias.data.length === 1 ? 1 : shape.at(-1)!;
  for (let from = 0; from < data.length; from += width)
    for (let column = 0; column < width; column++) data[from + column] += bias.data[column];
}
