/** Protocol buffers as they are written: a message is its fields, each with its number and the kind of its content. */

/** Pieces of bytes, one after another. Large arrays are not copied. */
export type Bytes = readonly Uint8Array[];

export const bytesIn = (pieces: Bytes) => pieces.reduce((sum, { length }) => sum + length, 0);

/** A whole number of up to 64 bits; -1 stands for itself. */
export const integer = (field: number, value: number): Bytes => [
  Uint8Array.from([...varint(8 * field), ...varint(value)]),
];

/** A 32-bit float. */
export function float(field: number, value: number): Bytes {
  const content = new Uint8Array(Float32Array.of(value).buffer);
  return [Uint8Array.from([...varint(8 * field + 5), ...content])];
}

const encoder = new TextEncoder();

export const text = (field: number, value: string): Bytes => message(field, [encoder.encode(value)]);

/** Whole numbers in one field. */
export const integers = (field: number, values: readonly number[]): Bytes =>
  message(field, [Uint8Array.from(values.flatMap((value) => varint(value)))]);

/** A message inside of another, or bytes. */
export const message = (field: number, content: Bytes): Bytes => [
  Uint8Array.from([...varint(8 * field + 2), ...varint(bytesIn(content))]),
  ...content,
];

/** Seven bits in a byte, the lowest first; the highest bit says that more follow. A negative number has 64 bits. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}
