import type { IndexLoops, IndexOperation } from './contract/backend.ts';
import {
  type IdMap,
  type Indices,
  type IndicesInMemory,
  type PerField,
  valuesOf,
} from './contract/indices.ts';
import { hostIndexLoops } from './index-loops.ts';

/** Indices in an array of this process, row-major [batch, fields]; the loops over it may be a backend's. */
export class HostIndices implements IndicesInMemory {
  readonly values: Uint32Array;
  readonly batch: number;
  readonly fields: number;
  private readonly loops: IndexLoops;

  constructor(values: Uint32Array, batch: number, fields: number, loops = hostIndexLoops) {
    if (values.length !== batch * fields)
      throw new RangeError(`${values.length} indices are not ${batch} samples of ${fields} fields`);
    this.values = values;
    this.batch = batch;
    this.fields = fields;
    this.loops = loops;
  }

  plus(addend: PerField): Indices {
    return this.apply('plus', addend);
  }

  div(divisor: PerField): Indices {
    this.requirePositive(divisor);
    return this.apply('div', divisor);
  }

  mod(divisor: PerField): Indices {
    this.requirePositive(divisor);
    return this.apply('mod', divisor);
  }

  hash(seed: PerField): Indices {
    return this.apply('hash', seed);
  }

  within(from: PerField, to: PerField): Indices {
    return this.like(this.loops.within(this.values, this.perField(from), this.perField(to)));
  }

  pick(fields: readonly number[]): Indices {
    if (fields.some((field) => !Number.isInteger(field) || field < 0 || field >= this.fields))
      throw new RangeError(`there are fields 0 to ${this.fields - 1}, not ${fields.join(', ')}`);
    const picked = this.loops.pick(this.values, this.fields, Uint32Array.from(fields));
    return new HostIndices(picked, this.batch, fields.length, this.loops);
  }

  orElse(here: readonly boolean[], other: Indices): Indices {
    const { batch, fields } = other;
    if (batch !== this.batch || fields !== this.fields || here.length !== this.fields)
      throw new RangeError(`${batch} x ${fields} indices do not fit ${this.batch} x ${this.fields}`);
    return this.like(this.loops.choose(Uint8Array.from(here, Number), this.values, valuesOf(other)));
  }

  through(map: IdMap): Indices {
    return this.like(this.loops.through(this.values, map.values));
  }

  private apply(operation: IndexOperation, operand: PerField): Indices {
    return this.like(this.loops.apply(operation, this.values, this.perField(operand)));
  }

  private like(values: Uint32Array): HostIndices {
    return new HostIndices(values, this.batch, this.fields, this.loops);
  }

  private perField(operand: PerField): Uint32Array {
    if (typeof operand === 'number') return new Uint32Array(this.fields).fill(operand);
    if (operand.length !== this.fields)
      throw new RangeError(`${operand.length} operands for ${this.fields} fields`);
    return Uint32Array.from(operand);
  }

  private requirePositive(divisor: PerField): void {
    const divisors = typeof divisor === 'number' ? [divisor] : divisor;
    for (const d of divisors)
      if (!Number.isInteger(d) || d < 1)
        throw new RangeError(`a divisor must be a positive integer, not ${d}`);
  }
}
