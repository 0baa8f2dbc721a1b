import { printed, rowMeansOf, rowPartsOf, type Syntax } from './printed.ts';
import { partsOf } from './rule-parts.ts';
import { numberNames, numbersOf, type Assignment, type UpdateRule } from './update-rule.ts';

/** Rows of a table under their gradients. */
export interface RowUpdate {
  readonly weights: Float32Array; // [all rows, width]
  readonly state: readonly Float32Array[];
  readonly width: number;
  readonly rows: Uint32Array; // different from each other
  readonly gradients: Float32Array; // [rows.length, width]
}

/** A rule's step on rows, in place; `step` counts from 1. Computed in doubles, rounded where it is stored. */
export type UpdateRows = (update: RowUpdate, learningRate: number, step: number) => void;

/** Makes JavaScript of a rule: a loop of its own, as fast as one written by hand. */
export function rowsInJavaScript(rule: UpdateRule): UpdateRows {
  // The text comes from the rule's declaration, whose names are checked to be names. Nothing that a user types is in it.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const loop = new Function('update', 'numbers', javascriptOf(rule)) as (
    update: RowUpdate,
    numbers: readonly number[],
  ) => void;
  return (update, learningRate, step) => loop(update, numbersOf(rule, learningRate, step));
}

/** The body of a function of `update` and `numbers`. */
export function javascriptOf(rule: UpdateRule): string {
  const { ofRow, ofFloats, isOfRow } = partsOf(rule);
  const means = rowMeansOf(ofRow.map(({ is }) => is));
  const once = rowPartsOf(
    ofFloats.map(({ is }) => is),
    isOfRow,
  );
  const perRow = new Set(rule.states.filter(({ per }) => per === 'row').map(({ name }) => name));
  const syntax: Syntax = {
    weight: 'weights[w]',
    gradient: 'gradients[g]',
    state: (name) => `state_${name}[${perRow.has(name) ? 'row' : 'w'}]`,
    value: (name) => `value_${name}`,
    number: (name) => `number_${name}`,
    sqrt: (x) => `Math.sqrt(${x})`,
    min: (a, b) => `Math.min(${a}, ${b})`,
    max: (a, b) => `Math.max(${a}, ${b})`,
    known: (expression) =>
      means.includes(expression as (typeof means)[number])
        ? `mean_${means.indexOf(expression as (typeof means)[number])}`
        : undefined,
  };
  const inFloats: Syntax = {
    ...syntax,
    known: (expression) => (once.includes(expression) ? `once_${once.indexOf(expression)}` : undefined),
  };
  const assign = ({ to, is }: Assignment, used: Syntax) => {
    if (to === 'weight') return `weights[w] = ${printed(is, used)};`;
    if ('value' in to) return `const ${used.value(to.value)} = ${printed(is, used)};`;
    return `${used.state(to.state)} = ${printed(is, used)};`;
  };
  const lines = [
    'const { weights, state, width, rows, gradients } = update;',
    `const [${rule.states.map(({ name }) => `state_${name}`).join(', ')}] = state;`,
    `const [${numberNames(rule)
      .map((name) => `number_${name}`)
      .join(', ')}] = numbers;`,
    'for (let i = 0, g = 0; i < rows.length; i++) {',
    '  const row = rows[i];',
    ...means.flatMap(({ of }, i) => [
      `  let mean_${i} = 0;`,
      `  for (let k = 0, g = i * width; k < width; k++, g++) mean_${i} += ${printed(of, syntax)};`,
      `  mean_${i} /= width;`,
    ]),
    ...ofRow.map((assignment) => `  ${assign(assignment, syntax)}`),
    ...once.map((expression, i) => `  const once_${i} = ${printed(expression, syntax)};`),
    '  const end = (row + 1) * width;',
    '  for (let w = row * width; w < end; w++, g++) {',
    ...ofFloats.map((assignment) => `    ${assign(assignment, inFloats)}`),
    '  }',
    '}',
  ];
  return lines.join('\n');
}
