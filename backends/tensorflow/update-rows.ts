import type * as tf from '../../tensors/index.ts';
import { nodesOf } from '../../harness/rules/expression.ts';
import { type OptimizerRule, updateRules } from '../../harness/rules/index.ts';
import { updatedTensors } from '../../harness/rules/tensors.ts';
import { namedNumbers, type UpdateRule } from '../../harness/rules/update-rule.ts';
import type { ResourceVariable } from './resource-variable.ts';

export interface RowUpdate {
  readonly weights: ResourceVariable;
  readonly state: readonly ResourceVariable[];
  readonly rows: tf.Tensor1D; // different from each other
  readonly gradients: tf.Tensor2D; // [rows.length, width]
}

/** One step of a rule on the rows of a table, in place; the first step is 1. Call it in a tidy. */
export function updateRows(rule: OptimizerRule, update: RowUpdate, learningRate: number, step: number): void {
  const declared: UpdateRule = updateRules[rule];
  const numbers = namedNumbers(declared, learningRate, step);
  if (rule === 'adagrad') return fusedAdagrad(update, numbers);
  const { weights, state, rows, gradients } = update;
  const moves = moveOf(declared);
  // A weight that only moves is never read: TensorFlow subtracts in place.
  const before = moves ? gradients : weights.gather(rows);
  const states = state.map((variable) => variable.gather(rows));
  const rewritten = moves ? { ...declared, update: [...declared.update.slice(0, -1), moves] } : declared;
  const after = updatedTensors(rewritten, { weight: before, gradient: gradients, states }, numbers);
  state.forEach((variable, i) => variable.set(rows, after.states[i] as tf.Tensor2D));
  if (moves) weights.subtract(rows, after.weight as tf.Tensor2D);
  else weights.set(rows, after.weight as tf.Tensor2D);
}

/** The last assignment as what is subtracted from the weight, where the rule reads the weight for nothing else. */
function moveOf({ update }: UpdateRule): UpdateRule['update'][number] | undefined {
  const { is } = update.at(-1)!;
  if (is.kind !== 'sub' || is.left.kind !== 'weight') return undefined;
  const others = [...update.slice(0, -1).map((assignment) => assignment.is), is.right];
  if (others.flatMap(nodesOf).some(({ kind }) => kind === 'weight')) return undefined;
  return { to: 'weight', is: is.right };
}

/** TensorFlow has a kernel for Adagrad on rows: one call in place of seven. */
function fusedAdagrad(
  { weights, state, rows, gradients }: RowUpdate,
  numbers: Readonly<Record<string, number>>,
) {
  const [sum] = state;
  weights.adagrad(sum, rows, gradients, numbers.rate, numbers.epsilon);
}
