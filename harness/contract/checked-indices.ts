import type { Tensor2D } from '../../tensors/index.ts';
import type { IndexOperation } from './backend.ts';
import type { IdMap, Indices, PerField } from './indices.ts';

/**
 * The part that all Indices share: it checks operands and spreads them over the fields. Throws a RangeError for operands that
 * do not fit.
 */
export abstract class CheckedIndices implements Indices {
  abstract readonly batch: number;
  abstract readonly fields: number;

  plus(addend: PerField): Indices {
    return this.apply('plus', this.perField(addend));
  }

  div(divisor: PerField): Indices {
    requirePositive(divisor);
    return this.apply('div', this.perField(divisor));
  }

  mod(divisor: PerField): Indices {
    requirePositive(divisor);
    return this.apply('mod', this.perField(divisor));
  }

  and(mask: PerField): Indices {
    return this.apply('and', this.perField(mask));
  }

  hash(seed: PerField): Indices {
    return this.apply('hash', this.perField(seed));
  }

  within(from: PerField, to: PerField): Indices {
    return this.shiftWithin(this.perField(from), this.perField(to));
  }

  pick(fields: readonly number[]): Indices {
    if (fields.some((field) => !Number.isInteger(field) || field < 0 || field >= this.fields))
      throw new RangeError(`there are fields 0 to ${this.fields - 1}, not ${fields.join(', ')}`);
    return this.pickColumns(Uint32Array.from(fields));
  }

  orElse(here: readonly boolean[], other: Indices): Indices {
    const { batch, fields } = this;
    if (other.batch !== batch || other.fields !== fields || here.length !== fields)
      throw new RangeError(`${other.batch} x ${other.fields} indices do not fit ${batch} x ${fields}`);
    return this.choose(here, other);
  }

  abstract through(map: IdMap): Indices;
  abstract toFloats(): Tensor2D;

  /** operands: one for each field. */
  protected abstract apply(operation: IndexOperation, operands: Uint32Array<ArrayBuffer>): Indices;
  protected abstract shiftWithin(from: Uint32Array<ArrayBuffer>, to: Uint32Array<ArrayBuffer>): Indices;
  protected abstract pickColumns(columns: Uint32Array<ArrayBuffer>): Indices;
  protected abstract choose(here: readonly boolean[], other: Indices): Indices;

  private perField(operand: PerField): Uint32Array<ArrayBuffer> {
    if (typeof operand === 'number') return new Uint32Array(this.fields).fill(operand);
    if (operand.length !== this.fields)
      throw new RangeError(`${operand.length} operands for ${this.fields} fields`);
    return Uint32Array.from(operand);
  }
}

function requirePositive(divisor: PerField): void {
  const divisors = typeof divisor === 'number' ? [divisor] : divisor;
  for (const d of divisors)
    if (!Number.isInteger(d) || d < 1) throw new RangeError(`a divisor must be a positive integer, not ${d}`);
}
