import type { OwnedIndices, Rows } from '../contract/backend.ts';
import { countedCells, labelsOfCells } from '../contract/further-values.ts';
import type { Step, Table, TrainingPlace, Weight } from '../contract/method.ts';
import type { Pooled } from './batch-rows.ts';

/** A step's number in its stage, from 0, and the number of steps. */
export type StepOf = Pick<TrainingPlace, 'index' | 'steps'>;

/** A batch that is looked up. */
export interface LookedUp {
  readonly ids: Uint32Array;
  /** Rows of ids. */
  readonly size: number;
  readonly indices: OwnedIndices;
  readonly training?: StepOf;
  readonly pooled?: Pooled;
  /** Labels of the samples. */
  readonly labels?: Float32Array;
}

interface Access {
  readonly readWeight: (weight: Weight) => Promise<Float32Array>;
  readonly rowsOf: (table: Table) => Rows;
  readonly createIndices: (ids: Uint32Array, batch: number, fields: number) => OwnedIndices;
}

/** A step as a plan sees it once it is done. */
export function stepDone(
  { ids, size, pooled, labels }: LookedUp,
  training: StepOf,
  gradients: Step['gradients'],
  { rowsOf, createIndices, readWeight }: Access,
): Step {
  const fields = ids.length / size;
  return {
    ...training,
    ids,
    ...(pooled && { counted: countedCells(pooled, fields) }),
    batch: size,
    fields,
    ...(labels && { labels: () => labelsOfCells(labels, pooled ?? { size }, fields) }),
    gradients,
    weight: readWeight,
    read: async (table, rows) => {
      const indices = createIndices(rows, rows.length, 1);
      const gathered = rowsOf(table).gather(indices);
      const values = await gathered.data<'float32'>();
      gathered.dispose();
      indices.dispose?.();
      return values;
    },
    write: (table, rows, values, keepState) => rowsOf(table).write(rows, values, keepState),
    copy: (table, from, to) => rowsOf(table).copy(from, to),
  };
}
