import { none } from './contract/backend.ts';
import type { IdMap, Indices, PerField } from './contract/indices.ts';
import { hash32 } from './contract/mix.ts';

/** Indices in an array of this process, row-major [batch, fields]. */
export class HostIndices implements Indices {
  readonly values: Uint32Array;
  readonly batch: number;
  readonly fields: number;

  constructor(values: Uint32Array, batch: number, fields: number) {
    if (values.length !== batch * fields)
      throw new RangeError(`${values.length} indices are not ${batch} samples of ${fields} fields`);
    this.values = values;
    this.batch = batch;
    this.fields = fields;
  }

  plus(addend: PerField): Indices {
    // The most frequent of all: without a call per element.
    const addends = Uint32Array.from(this.perField(addend));
    const sums = new Uint32Array(this.values.length);
    for (let i = 0; i < sums.length;)
      for (let field = 0; field < addends.length; field++, i++) {
        const index = this.values[i];
        sums[i] = index === none ? none : index + addends[field];
      }
    return new HostIndices(sums, this.batch, this.fields);
  }

  div(divisor: PerField): Indices {
    this.requirePositive(divisor);
    // Both are below 2^32, so the double quotient rounds down to the exact one.
    return this.map(divisor, (index, d) => Math.floor(index / d));
  }

  mod(divisor: PerField): Indices {
    this.requirePositive(divisor);
    return this.map(divisor, (index, d) => index % d);
  }

  hash(seed: PerField): Indices {
    return this.map(seed, hash32);
  }

  within(from: PerField, to: PerField): Indices {
    const end = this.perField(to);
    let column = 0;
    return this.map(from, (index, start) => {
      const inside = index >= start && index < end[column];
      column = column + 1 === this.fields ? 0 : column + 1;
      return inside ? index - start : none;
    });
  }

  pick(fields: readonly number[]): Indices {
    const width = fields.length;
    const picked = new Uint32Array(this.batch * width);
    for (let row = 0, to = 0; row < this.batch; row++)
      for (let k = 0; k < width; k++) picked[to++] = this.values[row * this.fields + fields[k]];
    return new HostIndices(picked, this.batch, width);
  }

  orElse(here: readonly boolean[], other: Indices): Indices {
    const chosen = this.values.slice();
    const { values } = other as HostIndices;
    for (let row = 0, i = 0; row < this.batch; row++)
      for (let field = 0; field < this.fields; field++, i++) if (!here[field]) chosen[i] = values[i];
    return new HostIndices(chosen, this.batch, this.fields);
  }

  through(map: IdMap): Indices {
    const mapped = new Uint32Array(this.values.length);
    for (let i = 0; i < mapped.length; i++) {
      const index = this.values[i];
      if (index !== none && index >= map.values.length)
        throw new RangeError(`index ${index} is outside a map of ${map.values.length} entries`);
      mapped[i] = index === none ? none : map.values[index];
    }
    return new HostIndices(mapped, this.batch, this.fields);
  }

  /** Visits elements in order, so `change` may keep a column count of its own. */
  private map(operand: PerField, change: (index: number, operand: number) => number): Indices {
    const operands = this.perField(operand);
    const changed = new Uint32Array(this.values.length);
    for (let row = 0, i = 0; row < this.batch; row++)
      for (let field = 0; field < this.fields; field++, i++) {
        const index = this.values[i];
        const value = change(index, operands[field]);
        changed[i] = index === none ? none : value;
      }
    return new HostIndices(changed, this.batch, this.fields);
  }

  private perField(operand: PerField): readonly number[] {
    if (typeof operand === 'number') return new Array<number>(this.fields).fill(operand);
    if (operand.length !== this.fields)
      throw new RangeError(`${operand.length} operands for ${this.fields} fields`);
    return operand;
  }

  private requirePositive(divisor: PerField): void {
    for (const d of this.perField(divisor))
      if (!Number.isInteger(d) || d < 1)
        throw new RangeError(`a divisor must be a positive integer, not ${d}`);
  }
}
