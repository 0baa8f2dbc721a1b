import * as tf from '../tensors/index.ts';
import type { IndexLoops, IndexOperation } from './contract/backend.ts';
import { perField, requireFields, requirePositive, requireSameShape } from './contract/index-operands.ts';
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
    requirePositive(divisor);
    return this.apply('div', divisor);
  }

  mod(divisor: PerField): Indices {
    requirePositive(divisor);
    return this.apply('mod', divisor);
  }

  and(mask: PerField): Indices {
    return this.apply('and', mask);
  }

  hash(seed: PerField): Indices {
    return this.apply('hash', seed);
  }

  within(from: PerField, to: PerField): Indices {
    return this.like(this.loops.within(this.values, perField(from, this.fields), perField(to, this.fields)));
  }

  pick(fields: readonly number[]): Indices {
    requireFields(fields, this.fields);
    const picked = this.loops.pick(this.values, this.fields, Uint32Array.from(fields));
    return new HostIndices(picked, this.batch, fields.length, this.loops);
  }

  orElse(here: readonly boolean[], other: Indices): Indices {
    requireSameShape(here, this, other);
    return this.like(this.loops.choose(Uint8Array.from(here, Number), this.values, valuesOf(other)));
  }

  through(map: IdMap): Indices {
    return this.like(this.loops.through(this.values, map.values));
  }

  toFloats(): tf.Tensor2D {
    return tf.tensor2d(new Float32Array(this.values), [this.batch, this.fields]);
  }

  private apply(operation: IndexOperation, operand: PerField): Indices {
    return this.like(this.loops.apply(operation, this.values, perField(operand, this.fields)));
  }

  private like(values: Uint32Array): HostIndices {
    return new HostIndices(values, this.batch, this.fields, this.loops);
  }
}
