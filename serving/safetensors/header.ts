import { type Dtype, elementBytes, longestHeader, metadataKey, tensorBytes } from './dtypes.ts';

/** A tensor as it is laid out before its bytes are there. */
export interface TensorShape {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Words about the tensor. They stand in the file's `__metadata__` under `<tensor>.<key>`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Layout {
  /** The length of the header (8 bytes, little-endian), and the header itself, padded to whole words of 8 bytes. */
  readonly header: Uint8Array;
  /** Place of each tensor in the file: its first byte and the byte behind its last. */
  readonly places: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
}

/**
 * The header of a file with these tensors, without gaps. Tensors of wide elements come first, so that every element lies at a
 * multiple of its size. Throws a RangeError for names that repeat, shapes of no whole numbers, and headers beyond 100 MB.
 */
export function layOut(
  tensors: readonly TensorShape[],
  metadata: Readonly<Record<string, string>> = {},
): Layout {
  const words: [string, string][] = Object.entries(metadata);
  const entries = new Map<string, unknown>();
  const ends: { name: string; from: number; to: number }[] = [];
  const sorted = [...tensors].sort((a, b) => elementBytes[b.dtype] - elementBytes[a.dtype]);
  let from = 0;
  for (const { name, dtype, shape, metadata: own = {} } of sorted) {
    if (entries.has(name) || name === metadataKey) throw new RangeError(`two tensors have the name ${name}`);
    if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
      throw new RangeError(`the shape of ${name} is [${shape.join(', ')}]`);
    const to = from + tensorBytes(dtype, shape);
    entries.set(name, { dtype, shape, data_offsets: [from, to] });
    ends.push({ name, from, to });
    for (const [key, value] of Object.entries(own)) words.push([`${name}.${key}`, value]);
    from = to;
  }
  const parts = words.length === 0 ? [] : [[metadataKey, Object.fromEntries(words)] as const];
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...parts, ...entries])));
  const length = 8 * Math.ceil(text.length / 8);
  if (length > longestHeader) throw new RangeError(`a header of ${length} bytes is longer than readers take`);
  const header = new Uint8Array(8 + length).fill(0x20); // JSON may end with spaces
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  const first = header.length;
  return {
    header,
    places: new Map(ends.map(({ name, from, to }) => [name, { from: first + from, to: first + to }])),
  };
}
