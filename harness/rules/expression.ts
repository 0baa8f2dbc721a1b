/**
 * The computation of a rule as data: every backend turns the same tree into its own language. Leaves are one float of the
 * weights, of the gradient or of a state, a value that the rule has named before, or a number of the step.
 */
export type Expression =
  | { readonly kind: 'weight' }
  | { readonly kind: 'gradient' }
  | { readonly kind: 'state'; readonly name: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: BinaryOperation; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'sqrt'; readonly of: Expression }
  /** The mean of a float's expression over the floats of its row. */
  | { readonly kind: 'row-mean'; readonly of: Expression };

export const binaryOperations = ['add', 'sub', 'mul', 'div', 'min', 'max'] as const;
export type BinaryOperation = (typeof binaryOperations)[number];

const binary =
  (kind: BinaryOperation) =>
  (left: Expression, right: Expression): Expression => ({ kind, left, right });

export const add = binary('add');
export const sub = binary('sub');
export const mul = binary('mul');
export const div = binary('div');
export const min = binary('min');
/** NaN if the first operand is NaN: a loss that diverged must show. */
export const max = binary('max');
export const sqrt = (of: Expression): Expression => ({ kind: 'sqrt', of });
export const rowMean = (of: Expression): Expression => ({ kind: 'row-mean', of });
export const square = (of: Expression): Expression => mul(of, of);

export const weight: Expression = { kind: 'weight' };
export const gradient: Expression = { kind: 'gradient' };
export const state = (name: string): Expression => ({ kind: 'state', name });
export const value = (name: string): Expression => ({ kind: 'value', name });
export const number = (name: string): Expression => ({ kind: 'number', name });

/** The operands of an expression, from left to right. */
export function operandsOf(expression: Expression): readonly Expression[] {
  if ('left' in expression) return [expression.left, expression.right];
  return 'of' in expression ? [expression.of] : [];
}

/** The expression and all that it is made of, operands before what is made of them. */
export function nodesOf(expression: Expression): readonly Expression[] {
  return [...operandsOf(expression).flatMap(nodesOf), expression];
}

/** The factors of a product of products, from left to right. */
export function factorsOf(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'mul') return [expression];
  return [...factorsOf(expression.left), ...factorsOf(expression.right)];
}
