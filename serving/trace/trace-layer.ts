import * as tf from '../../tensors/index.ts';
import type { Indices } from '../../harness/contract/indices.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import type { Lookup, Plan, Table, Weight } from '../../harness/contract/method.ts';
import { indicesInMemory } from '../../harness/embedding/indices-in-memory.ts';
import type { ServedRows } from '../../harness/serving/served-rows.ts';
import { IndexNode } from './index-node.ts';
import { Recorded } from './recorded.ts';
import { recordKernels } from './record-kernels.ts';
import { TracedIndices } from './traced-indices.ts';

/** A served layer: its plan, and the rows and weights that are stored of it. */
export interface StoredLayer {
  readonly plan: Plan;
  readonly rowsOf: (table: Table) => ServedRows;
  readonly weightOf: (weight: Weight) => Float32Array;
}

/** One batch that was looked up. */
export interface TracedBatch {
  readonly recorded: Recorded;
  /** The values of the inputs and of the output. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly output: number;
  /** The floats that came out, and their shape. */
  readonly floats: Float32Array;
}

/**
 * Looks up ids [rows, fields] with the plan's own embed(), and writes down every operation: vectors [rows, fields, dim]. Throws an Error for a
 * lookup that a function computes without a formula.
 */
export function traceLayer(
  { plan, rowsOf, weightOf }: StoredLayer,
  ids: Uint32Array,
  rows: number,
): TracedBatch {
  const recorded = new Recorded();
  const fields = ids.length / rows;
  const numberOf = numbering(plan.maps ?? [], 'map');
  const tableOf = numbering(plan.tables, 'table');
  const weightNumber = numbering(plan.weights ?? [], 'weight');
  const input = recorded.next();
  const indices = (values: Uint32Array, columns: number) => indicesInMemory(values, rows, columns);
  const root = new IndexNode(recorded, numberOf, input, rows, fields);
  const variables = new Map<Weight, tf.Tensor>();

  const lookup: Lookup = {
    ids: new TracedIndices(indices(ids, fields), root, recorded),
    rows(table, asked: Indices) {
      const { node } = asked as TracedIndices;
      const { width } = table;
      const found = rowsOf(table).gather(indices(valuesOf(asked), asked.fields));
      const vectors = tf.tensor3d(found.dataSync(), [rows, asked.fields, width]);
      const [value] = recorded.add('rows', { x: node.value }, [vectors.shape], { table: tableOf(table) });
      recorded.know(vectors, value);
      return vectors;
    },
    weight(weight) {
      let tensor = variables.get(weight);
      if (tensor === undefined) {
        tensor = tf.tensor(weightOf(weight), [...weight.shape]);
        const [value] = recorded.add('weight', {}, [[...weight.shape]], { weight: weightNumber(weight) });
        recorded.know(tensor, value);
        variables.set(weight, tensor);
      }
      return tensor;
    },
    compute(computeRows, columns, formula) {
      if (formula === undefined)
        throw new Error('a function computes its lookups, and no formula says which: it cannot be exported');
      const node = formula(root) as IndexNode;
      if (node.fields !== columns)
        throw new Error(`a formula gives ${node.fields} columns, and not ${columns}`);
      return new TracedIndices(indices(computeRows(ids), columns), node, recorded);
    },
    penalize() {
      // Nothing is trained.
    },
  };
  return tracedIn(recorded, { ids: input }, () => plan.embed(lookup));
}

/** Carries out and writes down; frees all tensors that come up. */
export function tracedIn(
  recorded: Recorded,
  inputs: TracedBatch['inputs'],
  compute: () => tf.Tensor,
): TracedBatch {
  let traced: Omit<TracedBatch, 'recorded' | 'inputs'>;
  tf.tidy(() => {
    const found = recordKernels(recorded, compute);
    traced = { output: recorded.valueOf(found), floats: found.dataSync<'float32'>().slice() };
  });
  return { recorded, inputs, ...traced! };
}

/** Numbers the parts of a plan. */
function numbering<T>(parts: readonly T[], kind: string): (part: T) => number {
  const numbers = new Map(parts.map((part, i) => [part, i]));
  return (part) => {
    const number = numbers.get(part);
    if (number === undefined) throw new Error(`embed() used a ${kind} that its plan does not list`);
    return number;
  };
}
