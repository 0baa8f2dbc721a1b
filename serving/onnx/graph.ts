import type { Size } from '../program/program.ts';
import { type Attribute, type Bytes, type ElementType, nodeMessage, tensorMessage } from './messages.ts';

/** The nodes and arrays of a graph as they come up. A value is its name. */
export class Graph {
  private readonly nodes: Bytes[] = [];
  private readonly tensors: Bytes[] = [];
  private readonly known = new Map<string, string>();
  private count = 0;

  /** One operation with one result. */
  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.addSeveral(op, inputs, 1, attributes)[0];
  }

  addSeveral(
    op: string,
    inputs: readonly string[],
    results: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const outputs = Array.from({ length: results }, () => `v${this.count++}`);
    this.nodes.push(nodeMessage(op, inputs, outputs, attributes));
    return outputs;
  }

  /** Names a value, as an output of the graph needs it. */
  rename(value: string, name: string): void {
    this.nodes.push(nodeMessage('Identity', [value], [name], {}));
  }

  tensor(type: ElementType, shape: readonly number[], content: Bytes): string {
    const name = `t${this.count++}`;
    this.tensors.push(tensorMessage(name, type, shape, content));
    return name;
  }

  /** Small constants; equal ones are one. A vector if no shape is told. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.once(`integers ${values.join()} of ${shape.join()}`, () =>
      this.tensor('int64', shape, [
        new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer),
      ]),
    );
  }

  float(value: number): string {
    return this.once(`float ${value}`, () =>
      this.tensor('float', [], [new Uint8Array(Float32Array.of(value).buffer)]),
    );
  }

  booleans(values: readonly boolean[]): string {
    return this.once(`booleans ${values.join()}`, () =>
      this.tensor('bool', [values.length], [Uint8Array.from(values, Number)]),
    );
  }

  /** A shape as a vector; sizes that go with the batch are computed from its rows. */
  shape(sizes: readonly Size[]): string {
    if (sizes.every((size) => typeof size === 'number')) return this.integers(sizes);
    const rows = this.once('rows', () => this.add('Shape', ['ids'], { start: 0, end: 1 }));
    const times = sizes.map((size) => (typeof size === 'number' ? 0 : size.times));
    const plus = sizes.map((size) => (typeof size === 'number' ? size : size.plus));
    return this.add('Add', [this.add('Mul', [rows, this.integers(times)]), this.integers(plus)]);
  }

  /** The same elements in another shape. */
  reshape(value: string, sizes: readonly Size[]): string {
    const free = sizes.filter((size) => typeof size !== 'number').length;
    if (free !== 1 || sizes.includes(0))
      return this.add('Reshape', [value, this.shape(sizes)], { allowzero: 1 });
    const told = sizes.map((size) => (typeof size === 'number' ? size : -1));
    return this.add('Reshape', [value, this.integers(told)]);
  }

  get messages(): Bytes {
    return [...this.nodes, ...this.tensors].flat();
  }

  private once(key: string, make: () => string): string {
    let value = this.known.get(key);
    if (value === undefined) this.known.set(key, (value = make()));
    return value;
  }
}
