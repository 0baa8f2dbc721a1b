import * as tf from '../../tensors/index.ts';
import type { VectorGroup } from '../contract/method.ts';
import { kernelOr } from './kernel.ts';

export type FieldGroup = VectorGroup;

/**
 * The vectors of all fields, put together from groups that were embedded differently: each field's is the sum of its
 * members', times their matrices; zeros where it has none. -> [batch, fields, dim].
 *
 * Backends may bring kernels `JoinFields` (inputs `x0`, `x1`, ... and `matrices0`, ...; attributes `members`: the fields
 * of each group's members, `fields`, `dim`) and, for one group's gradients, `JoinFieldsGradX` (inputs `dy`, `matrices`
 * where there are some; attribute `members`) and `JoinFieldsGradMatrices` (inputs `x`, `dy`; attribute `members`).
 */
export function joinFields(groups: readonly FieldGroup[], fields: number, dim: number): tf.Tensor3D {
  const used = groups.filter((group) => group.fields.length > 0);
  const inputs = used.flatMap(({ vectors, matrices }) => (matrices ? [vectors, matrices] : [vectors]));
  const op = tf.customGrad((...args) => {
    const tensors = args.slice(0, inputs.length) as tf.Tensor3D[];
    (args.at(-1) as unknown as tf.GradSaveFunc)(tensors);
    return {
      value: join(regroup(used, tensors), fields, dim),
      gradFunc: (dy, saved) =>
        regroup(used, saved as tf.Tensor3D[]).flatMap((group) => joinGradients(dy as tf.Tensor3D, group)),
    };
  });
  return op(...inputs) as tf.Tensor3D;
}

/** The same groups with the tensors that an operation was called with, or has saved. */
function regroup(groups: readonly FieldGroup[], tensors: readonly tf.Tensor3D[]): FieldGroup[] {
  let next = 0;
  return groups.map(({ matrices, fields }) => ({
    vectors: tensors[next++],
    ...(matrices && { matrices: tensors[next++] }),
    fields,
  }));
}

function join(groups: readonly FieldGroup[], fields: number, dim: number): tf.Tensor3D {
  const inputs = Object.fromEntries(
    groups.flatMap(({ vectors, matrices }, i) => [
      [`x${i}`, vectors],
      ...(matrices ? [[`matrices${i}`, matrices] as const] : []),
    ]),
  );
  const members = groups.map((group) => [...group.fields]);
  return kernelOr('JoinFields', inputs, () => sumMembers(groups, fields, dim), { members, fields, dim });
}

/** Takes as many gathers as the fullest field has members: the first of every field, the second of every field, ... */
function sumMembers(groups: readonly FieldGroup[], fields: number, dim: number): tf.Tensor3D {
  const [batch] = groups[0].vectors.shape;
  const projected = groups.map(({ vectors, matrices }) =>
    matrices === undefined ? vectors : membersFirst(tf.matMul(membersFirst(vectors), matrices)),
  );
  const all = tf.concat([...projected, tf.zeros<tf.Rank.R3>([batch, 1, dim])], 1);
  const zero = all.shape[1] - 1; // for fields with fewer members than others
  const membersOf: number[][] = Array.from({ length: fields }, () => []);
  groups.flatMap((group) => group.fields).forEach((field, member) => membersOf[field].push(member));
  const rounds = Math.max(...membersOf.map(({ length }) => length));
  const parts = Array.from({ length: rounds }, (_, round) => {
    const members = membersOf.map((ofField) => ofField[round] ?? zero);
    return tf.gather(all, tf.tensor1d(members, 'int32'), 1);
  });
  return tf.addN(parts);
}

/** Gradients of a group's vectors, and of its matrices if it has some. */
export function joinGradients(dy: tf.Tensor3D, { vectors: x, matrices, fields }: FieldGroup): tf.Tensor[] {
  const members = [...fields];
  const picked = () => tf.gather(dy, tf.tensor1d(members, 'int32'), 1); // [batch, members, dim]
  const dx = kernelOr(
    'JoinFieldsGradX',
    { dy, ...(matrices && { matrices }) },
    () =>
      matrices === undefined
        ? picked()
        : membersFirst(tf.matMul(membersFirst(picked()), matrices, false, true)),
    { members },
  );
  if (matrices === undefined) return [dx];
  const dMatrices = kernelOr(
    'JoinFieldsGradMatrices',
    { x, dy },
    () => tf.matMul<tf.Tensor3D>(membersFirst(x), membersFirst(picked()), true, false),
    { members },
  );
  return [dx, dMatrices];
}

/** [batch, members, n] to [members, batch, n], or back. */
const membersFirst = (x: tf.Tensor3D) => tf.transpose(x, [1, 0, 2]);
