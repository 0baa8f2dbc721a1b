import { optimizerRules, updateRules, type OptimizerRule } from '../../harness/rules/index.ts';
import { printed, rowMeansOf, type Syntax } from '../../harness/rules/printed.ts';
import { partsOf } from '../../harness/rules/rule-parts.ts';
import { numberNames, type Assignment, type UpdateRule } from '../../harness/rules/update-rule.ts';
import { type Program, writes } from './program.ts';

/** WGSL made of an optimizer's rule (harness/rules). Rows and floats are numbered by expressions of the program around it. */
export interface RuleInWgsl {
  /** True if something is computed once for a row, before its floats. */
  readonly byRow: boolean;
  /** The buffers that a step writes: `weights`, and `state0`, `state1` ... */
  readonly buffers: Program['buffers'];
  /** The states with a number for each row; the others have one for each float. */
  readonly rowStates: readonly number[];
  /** The numbers of a step, as parameters of a program. */
  readonly params: Program['params'];
  /** The operands of means over the row, in terms of the gradient `g`: the statements below take them as `mean0`, `mean1` ... */
  readonly means: readonly string[];
  /** Loads the states of a row. */
  readonly loadRow: (row: string) => string;
  /** Gives the states of a row, which are loaded, their new numbers. */
  readonly updateRow: string;
  readonly storeRow: (row: string) => string;
  /** Updates `weights[at]` and the states of that float under the gradient `g`. The states of its row are loaded. */
  readonly updateFloat: string;
}

export const rulesInWgsl = new Map<OptimizerRule, RuleInWgsl>(
  optimizerRules.map((name) => [name, inWgsl(updateRules[name])]),
);

function inWgsl(rule: UpdateRule): RuleInWgsl {
  const { ofRow, ofFloats } = partsOf(rule);
  const means = rowMeansOf(ofRow.map(({ is }) => is));
  const syntax: Syntax = {
    weight: 'weights[at]',
    gradient: 'g',
    state: (name) => `state_${name}`,
    value: (name) => `value_${name}`,
    number: (name) => `params.${name}`,
    sqrt: (x) => `sqrt(${x})`,
    min: (a, b) => `min(${a}, ${b})`,
    max: (a, b) => `max(${a}, ${b})`,
    known: (expression) => {
      const i = means.findIndex((mean) => mean === expression);
      return i < 0 ? undefined : `mean${i}`;
    },
  };
  const lines = (all: readonly string[]) => all.join('\n  ');
  const states = rule.states.map(({ name, per }, i) => ({
    name: syntax.state(name),
    per,
    buffer: `state${i}`,
  }));
  const of = (per: 'row' | 'float') => states.filter((state) => state.per === per);
  const load = (per: 'row' | 'float', at: string) =>
    lines(of(per).map(({ name, buffer }) => `var ${name} = ${buffer}[${at}];`));
  const store = (per: 'row' | 'float', at: string) =>
    lines(of(per).map(({ name, buffer }) => `${buffer}[${at}] = ${name};`));
  const assign = ({ to, is }: Assignment) => {
    const x = printed(is, syntax);
    if (to === 'weight') return `weights[at] = ${x};`;
    return 'value' in to ? `let ${syntax.value(to.value)} = ${x};` : `${syntax.state(to.state)} = ${x};`;
  };
  return {
    byRow: ofRow.length > 0,
    buffers: [writes('weights'), ...states.map(({ buffer }) => writes(buffer))],
    rowStates: states.flatMap(({ per }, i) => (per === 'row' ? [i] : [])),
    params: numberNames(rule).map((name) => [name, 'f32'] as const),
    means: means.map(({ of }) => printed(of, syntax)),
    loadRow: (row) => load('row', row),
    updateRow: lines(ofRow.map(assign)),
    storeRow: (row) => store('row', row),
    updateFloat: lines([load('float', 'at'), ...ofFloats.map(assign), store('float', 'at')]),
  };
}
