import type * as tf from '../../tensors/index.ts';
import type { IndexLoops, IndexOperation } from '../contract/backend.ts';
import { CheckedIndices } from '../contract/checked-indices.ts';
import { type IdMap, type Indices, type IndicesInMemory, valuesOf } from '../contract/indices.ts';
import { computedTensor } from '../ops/computed-tensor.ts';
import { hostIndexLoops } from './host-index-loops.ts';

/** Indices in an array of this process, row-major [batch, fields]; the loops over it may be a backend's. */
export class HostIndices extends CheckedIndices implements IndicesInMemory {
  readonly values: Uint32Array;
  readonly batch: number;
  readonly fields: number;
  private readonly loops: IndexLoops;

  constructor(values: Uint32Array, batch: number, fields: number, loops = hostIndexLoops) {
    super();
    if (values.length !== batch * fields)
      throw new RangeError(`${values.length} indices are not ${batch} samples of ${fields} fields`);
    this.values = values;
    this.batch = batch;
    this.fields = fields;
    this.loops = loops;
  }

  through(map: IdMap): Indices {
    return this.like(this.loops.through(this.values, map.values));
  }

  toFloats(): tf.Tensor2D {
    return floatsOf(this.values, this.batch, this.fields);
  }

  protected apply(operation: IndexOperation, operands: Uint32Array): Indices {
    return this.like(this.loops.apply(operation, this.values, operands));
  }

  protected shiftWithin(from: Uint32Array, to: Uint32Array): Indices {
    return this.like(this.loops.within(this.values, from, to));
  }

  protected pickColumns(columns: Uint32Array): Indices {
    const picked = this.loops.pick(this.values, this.fields, columns);
    return new HostIndices(picked, this.batch, columns.length, this.loops);
  }

  protected choose(here: readonly boolean[], other: Indices): Indices {
    return this.like(this.loops.choose(Uint8Array.from(here, Number), this.values, valuesOf(other)));
  }

  private like(values: Uint32Array): HostIndices {
    return new HostIndices(values, this.batch, this.fields, this.loops);
  }
}

/** Row-major [batch, fields], as floats. */
export function floatsOf(values: Uint32Array, batch: number, fields: number): tf.Tensor2D {
  return computedTensor([batch, fields], copyNumbers, values) as tf.Tensor2D;
}

const copyNumbers = (into: Float32Array, values: Uint32Array): void => into.set(values);
