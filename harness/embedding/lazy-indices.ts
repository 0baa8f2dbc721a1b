import * as tf from '../../tensors/index.ts';
import type { IndexLoops } from '../contract/backend.ts';
import {
  type IdMap,
  type Indices,
  type IndicesInMemory,
  type PerField,
  valuesOf,
} from '../contract/indices.ts';
import { kernelOr } from '../ops/kernel.ts';
import { floatsOf } from './host-indices.ts';
import { IndexExpression } from './index-expression.ts';

/** Loops of a backend that runs whole expressions. */
export type EvaluatingLoops = IndexLoops & Required<Pick<IndexLoops, 'evaluate'>>;

/** The ids of a batch that expressions are of. */
interface Ids {
  readonly values: Uint32Array;
  readonly batch: number;
  readonly fields: number;
  readonly loops: EvaluatingLoops;
}

/**
 * Indices in an array of this process that are computed once they are asked for, by one call of the backend for all that was said of
 * them: what is in between takes neither memory nor time.
 */
export class LazyIndices implements IndicesInMemory {
  private readonly ids: Ids;
  private readonly expression: IndexExpression;
  private found: Uint32Array | undefined;

  private constructor(ids: Ids, expression: IndexExpression) {
    this.ids = ids;
    this.expression = expression;
  }

  /** values: row-major [batch, fields]. */
  static readonly of = (
    values: Uint32Array,
    batch: number,
    fields: number,
    loops: EvaluatingLoops,
  ): LazyIndices => {
    if (values.length !== batch * fields)
      throw new RangeError(`${values.length} indices are not ${batch} samples of ${fields} fields`);
    return new LazyIndices({ values, batch, fields, loops }, IndexExpression.ofIds(fields));
  };

  get batch(): number {
    return this.ids.batch;
  }

  get fields(): number {
    return this.expression.columns;
  }

  get values(): Uint32Array {
    if (this.found) return this.found;
    const { values, batch, fields, loops } = this.ids;
    if (this.expression.isIds(fields)) return values;
    const { words, maps } = this.expression.program;
    this.found = loops.evaluate(values, fields, { words, maps: maps.map((map) => map.values) }, [
      batch,
      this.fields,
    ]);
    return this.found;
  }

  plus(addend: PerField): LazyIndices {
    return this.like(this.expression.apply('plus', addend));
  }

  div(divisor: PerField): LazyIndices {
    return this.like(this.expression.apply('div', divisor));
  }

  mod(divisor: PerField): LazyIndices {
    return this.like(this.expression.apply('mod', divisor));
  }

  and(mask: PerField): LazyIndices {
    return this.like(this.expression.apply('and', mask));
  }

  hash(seed: PerField): LazyIndices {
    return this.like(this.expression.apply('hash', seed));
  }

  within(from: PerField, to: PerField): LazyIndices {
    return this.like(this.expression.within(from, to));
  }

  pick(fields: readonly number[]): LazyIndices {
    return this.like(this.expression.pick(fields));
  }

  through(map: IdMap): LazyIndices {
    return this.like(this.expression.through(map));
  }

  orElse(here: readonly boolean[], other: Indices): Indices {
    const { batch, fields, ids } = this;
    if (other.batch !== batch || other.fields !== fields || here.length !== fields)
      throw new RangeError(`${other.batch} x ${other.fields} indices do not fit ${batch} x ${fields}`);
    if (other instanceof LazyIndices && other.ids === ids)
      return this.like(this.expression.orElse(here, other.expression));
    const chosen = ids.loops.choose(Uint8Array.from(here, Number), this.values, valuesOf(other));
    return LazyIndices.of(chosen, batch, fields, ids.loops);
  }

  toFloats(): tf.Tensor2D {
    return floatsOf(this.values, this.batch, this.fields);
  }

  toScaledFloats(times: number, plus: number): tf.Tensor2D {
    if (!Number.isInteger(Math.log2(times))) throw new RangeError(`${times} is no power of two`);
    const { values, batch, fields } = this.ids;
    const { words, maps } = this.expression.program;
    const program = { words, maps: maps.map((map) => map.values) };
    return kernelOr(
      'IndicesToFloats',
      {},
      () => tf.tidy(() => tf.add<tf.Tensor2D>(tf.mul(this.toFloats(), times), plus)),
      // Attributes are handed over as they are; their type knows no such objects.
      { values, fields, program, shape: [batch, this.fields], times, plus },
    );
  }

  private like(expression: IndexExpression): LazyIndices {
    return new LazyIndices(this.ids, expression);
  }
}
