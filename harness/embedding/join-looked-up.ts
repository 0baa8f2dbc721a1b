import * as tf from '../../tensors/index.ts';
import type { JoinedGroup, JoinedRows, Rows } from '../contract/backend.ts';
import type { Indices } from '../contract/indices.ts';
import type { RowGroup, Table, VectorGroup } from '../contract/method.ts';
import { joinGradients } from '../ops/join-fields.ts';

/** The embedding that rows are looked up in. */
export interface LookedUp {
  readonly anchor: tf.Variable;
  readonly rowsOf: (table: Table) => Rows;
  /** Called in the order of the lookups, for each table that trains: takes its gradient on the way back. */
  readonly order: (table: Table) => (indices: Indices, gradient: tf.Tensor2D) => void;
}

type Group = RowGroup | VectorGroup;

/** Rows of all groups at once: see joinRows. Undefined if the backend cannot. */
export function joinLookedUp(
  joined: JoinedRows,
  { anchor, rowsOf, order }: LookedUp,
  groups: readonly Group[],
  shape: readonly [batch: number, fields: number, dim: number],
): tf.Tensor3D | undefined {
  const sources = groups.map((group) => ('table' in group ? rowsOf(group.table).source : null));
  if (sources.includes(undefined)) return undefined;
  const takers = groups.map((group) =>
    'table' in group && !group.table.frozen ? order(group.table) : undefined,
  );
  const inputs = groups.flatMap((group) => [
    ...('table' in group ? [] : [group.vectors]),
    ...(group.matrices ? [group.matrices] : []),
  ]);
  const resolve = (tensors: readonly tf.Tensor3D[]): JoinedGroup[] => {
    let next = 0;
    return groups.map((group, i) => ({
      ...('table' in group
        ? { source: sources[i], width: group.table.width, indices: group.indices, codes: group.codes }
        : { vectors: tensors[next++], width: group.vectors.shape[2] }),
      pieces: ('table' in group && group.pieces) || 1,
      ...(group.matrices && { matrices: tensors[next++] }),
      fields: group.fields,
    }));
  };
  const op = tf.customGrad((...args) => {
    const tensors = args.slice(0, inputs.length) as tf.Tensor3D[];
    (args.at(-1) as unknown as tf.GradSaveFunc)(tensors);
    return {
      value: joined.join(resolve(tensors), shape),
      gradFunc: (dy, saved) => {
        const slopes = dy as tf.Tensor3D;
        const resolved = resolve(saved as tf.Tensor3D[]);
        // The last lookup first, as on the tape: gradients of a row that occurs more than once are summed in that order.
        const found = [...resolved.keys()].reverse().map((i) => {
          const [group, own] = [groups[i], resolved[i]];
          if (!('table' in group)) return joinGradients(slopes, { ...group, ...own });
          takers[i]?.(group.indices, tf.keep(joined.gradRows(own, slopes)));
          return own.matrices ? [joined.gradMatrices(own, slopes)] : [];
        });
        return [...found.reverse().flat(), tf.zerosLike(anchor)];
      },
    };
  });
  return op(...inputs, anchor) as tf.Tensor3D;
}
