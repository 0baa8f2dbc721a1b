import { createHash } from 'node:crypto';
import { printed, rowMeansOf, rowPartsOf, type Syntax } from '../../harness/rules/printed.ts';
import { partsOf } from '../../harness/rules/rule-parts.ts';
import {
  maxNumbers,
  maxStates,
  numberNames,
  type Assignment,
  type UpdateRule,
} from '../../harness/rules/update-rule.ts';

/** C++ made of the optimizer rules (harness/rules) when the add-on is built: headers that its sources include. */
export function rulesInCpp(rules: readonly UpdateRule[]): Readonly<Record<string, string>> {
  return { 'optimizer-rules.h': shapesOf(rules), 'optimizer-steps.h': stepsOf(rules) };
}

/**
 * A rule's name, numbers, states and update in a line. The add-on knows the lines that it was built from, and opening it
 * compares them with the declarations.
 */
export function signatureOf(rule: UpdateRule): string {
  const states = rule.states.map(({ name, per }) => `${name} per ${per}`);
  const update = createHash('sha256').update(JSON.stringify(rule.update)).digest('hex').slice(0, 16);
  return `${rule.name}(${numberNames(rule).join(', ')}) [${states.join(', ')}] ${update}`;
}

const idOf = ({ name }: UpdateRule) => name.replaceAll('-', '_');
const structOf = (rule: UpdateRule) => `Step_${idOf(rule)}`;
const perRow = (rule: UpdateRule, state: string) =>
  rule.states.find(({ name }) => name === state)?.per === 'row';

function shapesOf(rules: readonly UpdateRule[]): string {
  const shapes = rules.map((rule) => {
    const rows = Array.from({ length: maxStates }, (_, i) => rule.states[i]?.per === 'row');
    const sizes = [numberNames(rule).length, rule.states.length, partsOf(rule).ofRow.length > 0];
    return `    {"${rule.name}", "${signatureOf(rule)}", ${sizes.join(', ')}, {${rows.join(', ')}}},`;
  });
  return `// Made by backends/native/optimizer-rules.ts: what there is of optimizer rules.
#pragma once

#include <cstddef>

enum class Rule : int { ${rules.map(idOf).join(', ')} };

constexpr size_t max_states = ${maxStates}, max_numbers = ${maxNumbers};

struct RuleShape {
  const char* name;
  const char* signature;
  size_t numbers, states;
  bool by_row; // something is computed once for a row
  bool per_row[max_states]; // a state has one number for each row, not for each float
};

constexpr RuleShape rule_shapes[] = {
${shapes.join('\n')}
};
constexpr size_t rule_count = sizeof rule_shapes / sizeof *rule_shapes;
`;
}

function stepsOf(rules: readonly UpdateRule[]): string {
  const cases = rules.map((rule) => `    case Rule::${idOf(rule)}: return work(Type<${structOf(rule)}>{});`);
  return `// Made by backends/native/optimizer-rules.ts: the update of each optimizer rule.
#pragma once

#include "kernels.h"
#include "vector.h"

namespace {

${rules.map(structText).join('\n')}
template <class R>
struct Type { using Step = R; };

/** Calls work with the type of a rule's update. */
template <class Work>
inline void with_rule(Rule rule, const Work& work) {
  switch (rule) {
${cases.join('\n')}
  }
}

} // namespace
`;
}

/** Numbers and what is of the row are members; `floats` updates one float, or a vector of them. */
function structText(rule: UpdateRule): string {
  const { ofRow, ofFloats, isOfRow } = partsOf(rule);
  const means = rowMeansOf(ofRow.map(({ is }) => is));
  const once = rowPartsOf(
    ofFloats.map(({ is }) => is),
    isOfRow,
  );
  const knownIn =
    (all: readonly unknown[], prefix: string): Syntax['known'] =>
    (expression) =>
      all.includes(expression) ? `${prefix}_${all.indexOf(expression)}` : undefined;
  const syntax: Syntax = {
    weight: 'weight',
    gradient: 'gradient',
    state: (name) => `state_${name}`,
    value: (name) => `value_${name}`,
    number: (name) => `number_${name}`,
    sqrt: (x) => `square_root(${x})`,
    min: (a, b) => `min_of(${a}, ${b})`,
    max: (a, b) => `max_of(${a}, ${b})`,
    known: knownIn(means, 'mean'),
    isLastFactor: isOfRow,
  };
  const inFloats: Syntax = { ...syntax, known: knownIn(once, 'once') };
  const at = (state: string) => rule.states.findIndex(({ name }) => name === state);
  const numbers = numberNames(rule);
  const rowStates = rule.states.filter(({ per }) => per === 'row');
  const floatStates = rule.states.filter(({ per }) => per === 'float');
  const members = [
    ...numbers.map(syntax.number),
    ...rowStates.map(({ name }) => syntax.state(name)),
    ...once.map((_, i) => `once_${i}`),
  ];
  const assign = ({ to, is }: Assignment, used: Syntax): string => {
    const x = printed(is, used);
    if (to === 'weight') return `store_as(w + k, ${x});`;
    if ('value' in to) return `const V ${used.value(to.value)} = ${x};`;
    const name = used.state(to.state);
    const place = perRow(rule, to.state)
      ? `*states.at[${at(to.state)}] = ${name}`
      : `store_as(states.at[${at(to.state)}] + k, ${name})`;
    return `${name} = ${x}; ${place};`;
  };
  const inStep = numbers.map((name, i) => `${syntax.number(name)} = step.numbers[${i}];`);
  const inRow = [
    ...rowStates.map(({ name }) => `${syntax.state(name)} = *states.at[${at(name)}];`),
    ...means.flatMap(({ of }, i) => [
      `float mean_${i} = 0;`,
      `for (size_t k = 0; k < width; k++) { const float gradient = g[k]; mean_${i} += ${printed(of, syntax)}; }`,
      `mean_${i} = mean_${i} / width;`,
    ]),
    ...ofRow.map((assignment) => assign(assignment, syntax)),
    ...once.map((expression, i) => `once_${i} = ${printed(expression, syntax)};`),
  ];
  const inEach = [
    'const V gradient = load_as<V>(g + k), weight = load_as<V>(w + k);',
    ...floatStates.map(({ name }) => `V ${syntax.state(name)} = load_as<V>(states.at[${at(name)}] + k);`),
    ...ofFloats.map((assignment) => assign(assignment, inFloats)),
  ];
  return `struct ${structOf(rule)} {
  static constexpr RuleShape shape = rule_shapes[static_cast<int>(Rule::${idOf(rule)})];
  float ${members.join(', ')};

  inline explicit ${structOf(rule)}(const Step& step) {
${inStep.map((line) => `    ${line}`).join('\n')}
  }

  /** Computes what is the same for a whole row, before its floats. */
  inline __attribute__((always_inline)) void row([[maybe_unused]] const States& states, [[maybe_unused]] const float* g, [[maybe_unused]] size_t width) {
${inRow.map((line) => `    ${line}`).join('\n')}
  }

  template <class V>
  inline __attribute__((always_inline)) void floats(float* w, [[maybe_unused]] const States& states, const float* g, size_t k) const {
${inEach.map((line) => `    ${line}`).join('\n')}
  }
};
`;
}
