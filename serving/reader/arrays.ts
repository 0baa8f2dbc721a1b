/** Floats in row-major order. Integers of kernels are floats too: they are exact below 2^24. */
export interface Floats {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, one) => size * one, 1);

/** Elements from one place to the next along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/**
 * Places in an array for every element of `shape`, in row-major order: at sum of index * stride. The stride of an axis that is repeated is 0.
 */
export function placesOf(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  let places = Int32Array.of(start);
  shape.forEach((size, axis) => {
    const next = new Int32Array(places.length * size);
    for (let i = 0, to = 0; i < places.length; i++)
      for (let j = 0, place = places[i]; j < size; j++, place += strides[axis]) next[to++] = place;
    places = next;
  });
  return places;
}

/** The shape that two shapes have in common, axes of length 1 being repeated. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (x !== y && x !== 1 && y !== 1) throw new RangeError(`shapes ${a.join(' x ')} and ${b.join(' x ')}`);
    return x === 1 ? y : x;
  });
}

/** Strides of an array that is repeated to another shape. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : strides[axis - missing]));
}

/** Reads an array at places that strides give, in the order of `shape`. */
export function gathered(
  { data }: Floats,
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): Floats {
  const places = placesOf(shape, strides, start);
  const found = new Float32Array(places.length);
  for (let i = 0; i < found.length; i++) found[i] = data[places[i]];
  return { data: found, shape };
}
