/** Bytes of an element of each dtype that a safetensors file may have (https://github.com/huggingface/safetensors, version 0.5). */
export const elementBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type Dtype = keyof typeof elementBytes;

export const isDtype = (name: string): name is Dtype => Object.hasOwn(elementBytes, name);

/** Number of elements of a shape; 1 of an empty one, which is a scalar's. */
export const elementsOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

export const tensorBytes = (dtype: Dtype, shape: readonly number[]) =>
  elementBytes[dtype] * elementsOf(shape);

/** The longest header that other readers take, in bytes. */
export const longestHeader = 100_000_000;

/** The one key of a header that is no tensor: an object of strings. */
export const metadataKey = '__metadata__';
