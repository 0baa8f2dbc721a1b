import type * as tf from '../../tensors/index.ts';
import type { Attribute } from '../program/program.ts';

/** An operation as one batch has it. */
export interface RecordedNode {
  readonly op: string;
  readonly in: Readonly<Record<string, number>>;
  readonly out: readonly number[];
  readonly shapes: readonly (readonly number[])[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** The content of a stored array that no part of the plan is. */
  readonly values?: StoredValues;
}

export type StoredValues = Float32Array | Int32Array | Uint32Array;

/** The operations of one batch. Values are numbered in the order in which they come. */
export class Recorded {
  readonly nodes: RecordedNode[] = [];
  private values = 0;
  private readonly ofTensors = new Map<number, number>();

  /** Makes a value that an operation or an input gives. */
  next(): number {
    return this.values++;
  }

  add(
    op: string,
    inputs: Readonly<Record<string, number>>,
    shapes: readonly (readonly number[])[],
    attributes: Readonly<Record<string, Attribute>> = {},
    values?: StoredValues,
  ): number[] {
    const out = shapes.map(() => this.next());
    this.nodes.push({ op, in: inputs, out, shapes, attributes, ...(values && { values }) });
    return out;
  }

  /** Says that a tensor has this value. */
  know({ id }: tf.Tensor, value: number): void {
    this.ofTensors.set(id, value);
  }

  /** The value of a tensor. One that no operation has made is an array that the plan or the network brought along. */
  valueOf(tensor: tf.Tensor): number {
    const known = this.ofTensors.get(tensor.id);
    if (known !== undefined) return known;
    const values = tensor.dataSync();
    const copy = tensor.dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values);
    const [value] = this.add('constant', {}, [tensor.shape], {}, copy);
    this.know(tensor, value);
    return value;
  }
}
