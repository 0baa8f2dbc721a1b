import { nodesOf, operandsOf, type Expression } from './expression.ts';
import { maxNumbers, maxStates, numberNames, type Assignment, type UpdateRule } from './update-rule.ts';

/** A rule in two parts: what is computed once for a row, and then what is computed for each of its floats. */
export interface RuleParts {
  readonly ofRow: readonly Assignment[];
  readonly ofFloats: readonly Assignment[];
  /** True if an expression is the same for all floats of a row. */
  readonly isOfRow: (expression: Expression) => boolean;
}

/** Throws an Error if the rule is not well formed: that is for its author to mend, not for whoever trains. */
export function partsOf(rule: UpdateRule): RuleParts {
  const states = new Map(rule.states.map(({ name, per }) => [name, per]));
  const numbers = numberNames(rule);
  const values = new Set<string>();
  const fail = (what: string): never => {
    throw new Error(`optimizer rule ${rule.name}: ${what}`);
  };
  const named = [...states.keys(), ...numbers];
  for (const name of named) if (!/^[a-z]\w*$/i.test(name)) fail(`${name} is no name of a variable`);
  if (states.size !== rule.states.length) fail('two states have one name');
  if (states.size > maxStates) fail(`${states.size} states, ${maxStates} are the most`);
  if (numbers.length > maxNumbers) fail(`${numbers.length} numbers, ${maxNumbers} are the most`);

  const isOfRow = (expression: Expression): boolean => {
    switch (expression.kind) {
      case 'weight':
      case 'gradient':
        return false;
      case 'state':
        return (states.get(expression.name) ?? fail(`there is no state ${expression.name}`)) === 'row';
      case 'value':
        return values.has(expression.name) ? false : fail(`there is no value ${expression.name}`);
      case 'number':
        return numbers.includes(expression.name) || fail(`there is no number ${expression.name}`);
      case 'row-mean':
        // Kernels take means in one pass over the gradient: nothing else varies within it.
        for (const node of nodesOf(expression).filter((node) => node !== expression)) {
          if (node.kind === 'weight' || node.kind === 'state' || node.kind === 'value')
            fail('a mean of a row is one of gradients and numbers alone');
          isOfRow(node);
        }
        return true;
      case 'sqrt':
      case 'add':
      case 'sub':
      case 'mul':
      case 'div':
      case 'min':
      case 'max':
        // All of them are looked at: names that do not exist are found.
        return operandsOf(expression)
          .map(isOfRow)
          .every((ofRow) => ofRow);
    }
  };
  const ofRow: Assignment[] = [];
  const ofFloats: Assignment[] = [];
  for (const assignment of rule.update) {
    const { to, is } = assignment;
    const own = isOfRow(is);
    const means = nodesOf(is).filter(({ kind }) => kind === 'row-mean');
    if (means.length > 0 && !own) fail('a mean of a row belongs to what is computed for a row');
    if (to !== 'weight' && 'value' in to) {
      if (!/^[a-z]\w*$/i.test(to.value)) fail(`${to.value} is no name of a variable`);
      if (values.has(to.value) || named.includes(to.value)) fail(`${to.value} is the name of two things`);
      if (own) fail(`${to.value} is the same for a whole row: write it out, or make it a state`);
      values.add(to.value);
    }
    const perRow = to !== 'weight' && 'state' in to && states.get(to.state) === 'row';
    if (to !== 'weight' && 'state' in to && !states.has(to.state)) fail(`there is no state ${to.state}`);
    if (perRow && !own) fail('the state of a row depends on one of its floats');
    if (perRow && ofFloats.length > 0) fail('what is of rows comes before what is of floats');
    (perRow ? ofRow : ofFloats).push(assignment);
  }
  if (rule.update.filter(({ to }) => to === 'weight').length > 1) fail('the weight is assigned once');
  if (rule.update.at(-1)?.to !== 'weight') fail('the last assignment is that of the weight');
  for (const name of states.keys())
    if (!rule.update.some(({ to }) => to !== 'weight' && 'state' in to && to.state === name))
      fail(`state ${name} never changes`);
  return { ofRow, ofFloats, isOfRow };
}
