import * as tf from '../../tensors/index.ts';
import type { Expression } from './expression.ts';
import type { UpdateRule } from './update-rule.ts';

export interface TensorUpdate {
  readonly weight: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly states: readonly tf.Tensor[];
}

/**
 * A rule's step in tensor operations: what the weight and the states become. The last axis is the row. `numbers` as
 * numbersOf gives them. Call it in a tidy.
 */
export function updatedTensors(
  rule: UpdateRule,
  { weight, gradient, states }: TensorUpdate,
  numbers: Readonly<Record<string, number>>,
): { readonly weight: tf.Tensor; readonly states: readonly tf.Tensor[] } {
  const known = new Map<string, tf.Tensor>();
  rule.states.forEach(({ name }, i) => known.set(`state ${name}`, states[i]));
  const values = new Map<string, tf.Tensor | number>();
  let moved = weight;

  const valueOf = (expression: Expression): tf.Tensor | number => {
    switch (expression.kind) {
      case 'weight':
        return weight;
      case 'gradient':
        return gradient;
      case 'state':
        return known.get(`state ${expression.name}`)!;
      case 'value':
        return values.get(expression.name)!;
      case 'number':
        return numbers[expression.name];
      case 'row-mean':
        return tf.mean(valueOf(expression.of), -1, true);
      case 'sqrt': {
        const x = valueOf(expression.of);
        return typeof x === 'number' ? Math.sqrt(x) : tf.sqrt(x);
      }
      case 'mul':
      case 'div':
        return quotientOf(expression);
      case 'add':
      case 'sub':
      case 'min':
      case 'max':
        return binary[expression.kind](valueOf(expression.left), valueOf(expression.right));
    }
  };

  /** Numbers are multiplied together first and with the tensor last: one operation on all its floats for all of them. */
  const quotientOf = (expression: Expression): tf.Tensor | number => {
    const above: (tf.Tensor | number)[] = [];
    const below: (tf.Tensor | number)[] = [];
    const collect = (part: Expression, here: typeof above, there: typeof above): void => {
      if (part.kind === 'mul') [part.left, part.right].forEach((factor) => collect(factor, here, there));
      else if (part.kind === 'div') {
        collect(part.left, here, there);
        collect(part.right, there, here);
      } else here.push(valueOf(part));
    };
    collect(expression, above, below);
    const isNumber = (x: tf.Tensor | number): x is number => typeof x === 'number';
    const isTensor = (x: tf.Tensor | number): x is tf.Tensor => !isNumber(x);
    const number = above.filter(isNumber).reduce((product, x) => product * x, 1);
    const tensors = above.filter(isTensor);
    if (tensors.length === 0)
      return below.reduce((rest, x) => binary.div(rest, x), number as tf.Tensor | number);
    let product = tensors.reduce((product, x) => tf.mul(product, x));
    for (const x of [...below.filter(isTensor), ...below.filter(isNumber)]) product = tf.div(product, x);
    return above.some(isNumber) ? tf.mul(product, number) : product;
  };

  for (const { to, is } of rule.update) {
    const computed = valueOf(is);
    if (to === 'weight') moved = computed as tf.Tensor;
    else if ('value' in to) values.set(to.value, computed);
    else known.set(`state ${to.state}`, computed as tf.Tensor);
  }
  return { weight: moved, states: rule.states.map(({ name }) => known.get(`state ${name}`)!) };
}

type Operand = tf.Tensor | number;

const on =
  (numbers: (a: number, b: number) => number, tensors: (a: Operand, b: Operand) => tf.Tensor) =>
  (a: Operand, b: Operand): Operand =>
    typeof a === 'number' && typeof b === 'number' ? numbers(a, b) : tensors(a, b);

const binary = {
  add: on((a, b) => a + b, tf.add),
  sub: on((a, b) => a - b, tf.sub),
  div: on((a, b) => a / b, tf.div),
  min: on(Math.min, tf.minimum),
  max: on(Math.max, tf.maximum),
};
