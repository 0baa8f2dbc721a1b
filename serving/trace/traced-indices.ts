import * as tf from '../../tensors/index.ts';
import type { IdMap, Indices, PerField } from '../../harness/contract/indices.ts';
import { valuesOf, type IndicesInMemory } from '../../harness/contract/indices.ts';
import type { IndexNode } from './index-node.ts';
import type { Recorded } from './recorded.ts';

/** Indices of one batch beside the node that makes them. */
export class TracedIndices implements IndicesInMemory {
  readonly node: IndexNode;
  private readonly indices: IndicesInMemory;
  private readonly recorded: Recorded;

  constructor(indices: Indices, node: IndexNode, recorded: Recorded) {
    valuesOf(indices); // throws for others
    this.indices = indices as IndicesInMemory;
    this.node = node;
    this.recorded = recorded;
  }

  get values(): Uint32Array {
    return this.indices.values;
  }

  get batch(): number {
    return this.indices.batch;
  }

  get fields(): number {
    return this.indices.fields;
  }

  plus = (by: PerField): Indices => this.like(this.indices.plus(by), this.node.plus(by));
  div = (by: PerField): Indices => this.like(this.indices.div(by), this.node.div(by));
  mod = (by: PerField): Indices => this.like(this.indices.mod(by), this.node.mod(by));
  and = (by: PerField): Indices => this.like(this.indices.and(by), this.node.and(by));
  hash = (seed: PerField): Indices => this.like(this.indices.hash(seed), this.node.hash(seed));
  pick = (fields: readonly number[]): Indices => this.like(this.indices.pick(fields), this.node.pick(fields));
  through = (map: IdMap): Indices => this.like(this.indices.through(map), this.node.through(map));

  within(from: PerField, to: PerField): Indices {
    return this.like(this.indices.within(from, to), this.node.within(from, to));
  }

  orElse(here: readonly boolean[], other: Indices): Indices {
    const traced = other as TracedIndices;
    return this.like(this.indices.orElse(here, traced.indices), this.node.choose(here, traced.node));
  }

  toFloats(): tf.Tensor2D {
    const { batch, fields } = this;
    const floats = tf.tensor2d(Float32Array.from(this.values), [batch, fields]);
    const [value] = this.recorded.add('index-floats', { x: this.node.value }, [[batch, fields]]);
    this.recorded.know(floats, value);
    return floats;
  }

  private like(indices: Indices, node: IndexNode): TracedIndices {
    return new TracedIndices(indices, node, this.recorded);
  }
}
