import { factorsOf, nodesOf, operandsOf, type Expression } from './expression.ts';

/** How a language writes what a rule is made of. */
export interface Syntax {
  readonly weight: string;
  readonly gradient: string;
  readonly state: (name: string) => string;
  readonly value: (name: string) => string;
  readonly number: (name: string) => string;
  readonly sqrt: (x: string) => string;
  readonly min: (a: string, b: string) => string;
  readonly max: (a: string, b: string) => string;
  /** Text for an expression that is at hand under a name: a mean over a row, or what was computed once for a row. */
  readonly known?: (expression: Expression) => string | undefined;
  /** Multiplies by what is the same for all floats of a row last. The order decides how products are rounded. */
  readonly isLastFactor?: (expression: Expression) => boolean;
}

/** An expression as text, every operation in parentheses. */
export function printed(expression: Expression, syntax: Syntax): string {
  const known = syntax.known?.(expression);
  if (known !== undefined) return known;
  const text = (operand: Expression) => printed(operand, syntax);
  switch (expression.kind) {
    case 'weight':
    case 'gradient':
      return syntax[expression.kind];
    case 'state':
    case 'value':
    case 'number':
      return syntax[expression.kind](expression.name);
    case 'sqrt':
      return syntax.sqrt(text(expression.of));
    case 'min':
    case 'max':
      return syntax[expression.kind](text(expression.left), text(expression.right));
    case 'add':
      return `(${text(expression.left)} + ${text(expression.right)})`;
    case 'sub':
      return `(${text(expression.left)} - ${text(expression.right)})`;
    case 'div':
      return `(${text(expression.left)} / ${text(expression.right)})`;
    case 'mul': {
      const { isLastFactor: isLast = () => false } = syntax;
      const factors = factorsOf(expression);
      const ordered = [...factors.filter((factor) => !isLast(factor)), ...factors.filter(isLast)];
      return ordered.map(text).reduce((product, factor) => `(${product} * ${factor})`);
    }
    case 'row-mean':
      throw new Error('the mean of a row has to be computed before it is used');
  }
}

/** The means over rows that expressions are made of, each once. */
export function rowMeansOf(
  expressions: readonly Expression[],
): readonly (Expression & { kind: 'row-mean' })[] {
  const all = expressions.flatMap(nodesOf).filter((node) => node.kind === 'row-mean');
  return [...new Set(all)];
}

/** The largest parts of expressions that are the same for all floats of a row and take an operation, each once. */
export function rowPartsOf(
  expressions: readonly Expression[],
  isOfRow: (expression: Expression) => boolean,
): readonly Expression[] {
  const found = new Set<Expression>();
  const visit = (expression: Expression): void => {
    const operands = operandsOf(expression);
    if (operands.length === 0) return;
    if (isOfRow(expression)) found.add(expression);
    else operands.forEach(visit);
  };
  expressions.forEach(visit);
  return [...found];
}
