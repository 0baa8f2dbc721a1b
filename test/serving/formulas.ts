import * as tf from '../../tensors/index.ts';
import type { Lookup, Plan } from '../../harness/contract/method.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { type IndexArray, IndexOperations } from '../../serving/reader/index-operations.ts';
import { heldMaps } from '../../serving/reader/sets.ts';
import { IndexNode } from '../../serving/trace/index-node.ts';
import { Recorded } from '../../serving/trace/recorded.ts';

/** Lookups of a plan that a function computes, and what their formulas give for the same ids. */

export interface Computed {
  readonly columns: number;
  /** Indices that the function gives, row-major [batch, columns]. */
  readonly wanted: Uint32Array;
  /** Those of the formula; undefined if there is none. */
  readonly found: IndexArray | undefined;
}

/** Rows are zeros and weights ones; `ids`: row-major [batch, fields]. */
export function computedLookups(plan: Plan, ids: Uint32Array, fields: number): Computed[] {
  const batch = ids.length / fields;
  const all: Computed[] = [];
  const lookup: Lookup = {
    ids: new HostIndices(ids, batch, fields),
    rows: (table, indices) => tf.zeros([batch, indices.fields, table.width]),
    weight: ({ shape }) => tf.ones([...shape]),
    compute(rowsOf, columns, formula) {
      const wanted = rowsOf(ids);
      all.push({ columns, wanted, found: formula && byFormula(plan, formula, ids, fields) });
      return new HostIndices(wanted, batch, columns);
    },
    penalize: () => undefined,
  };
  tf.tidy(() => plan.embed(lookup));
  return all;
}

/** Writes the formula's operations down as an export does, and carries them out as a reader does. */
function byFormula(
  { maps = [] }: Plan,
  formula: NonNullable<Parameters<Lookup['compute']>[2]>,
  ids: Uint32Array,
  fields: number,
): IndexArray {
  const recorded = new Recorded();
  const root = recorded.next();
  const numberOf = (map: (typeof maps)[number]) => {
    const number = maps.indexOf(map);
    if (number < 0) throw new Error('a formula uses a map that its plan does not list');
    return number;
  };
  const asked = formula(new IndexNode(recorded, numberOf, root, ids.length / fields, fields)) as IndexNode;
  const operations = new IndexOperations(heldMaps(maps.map(({ values }) => values)));
  const values: IndexArray[] = [];
  values[root] = { data: ids, columns: fields };
  for (const { op, in: into, out, attributes } of recorded.nodes) {
    const inputs = Object.fromEntries(Object.entries(into).map(([name, value]) => [name, values[value]]));
    values[out[0]] = operations.run(op, inputs, attributes);
  }
  return values[asked.value];
}
