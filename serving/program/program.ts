/**
 * A trained layer or network as data: a list of operations on arrays, which readers in any language carry out. Version 1.
 *
 * A value is an array of 32-bit floats, or indices: unsigned 32-bit integers [rows, columns], in which `none` (2^32 - 1) is no index.
 * Values are numbered in the order in which nodes make them.
 */
export interface Program {
  readonly inputs: readonly ProgramInput[];
  readonly nodes: readonly ProgramNode[];
  /** The number of the value that is asked for. */
  readonly output: number;
}

/** `ids`: [rows, columns], indices. `vectors`: [rows, columns, dim]. `dense`: [rows, columns]. */
export interface ProgramInput {
  readonly name: 'ids' | 'vectors' | 'dense';
  readonly value: number;
}

/** One operation. docs/export-format.md lists them. */
export interface ProgramNode {
  /** A kernel of tfjs (`MatMul`), or one of the operations on indices, rows and stored arrays (`index-plus`, `rows`, `stored`). */
  readonly op: string;
  /** Values that go in, by the names of the operation. */
  readonly in: Readonly<Record<string, number>>;
  /** Values that come out. */
  readonly out: readonly number[];
  /** The shape of each of them; of indices, [rows, columns]. */
  readonly shapes: readonly (readonly Size[])[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A number, or times * rows + plus, rows being those of the input. */
export type Size = number | { readonly times: number; readonly plus: number };

export type Attribute =
  null | boolean | string | Size | readonly Attribute[] | { readonly [name: string]: Attribute };

/** A size for so many rows. */
export function sizeFor(size: Size, rows: number): number {
  return typeof size === 'number' ? size : size.times * rows + size.plus;
}
