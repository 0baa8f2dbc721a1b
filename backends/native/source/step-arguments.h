// An optimizer's rule, its numbers and its states, as JavaScript hands them over.
#pragma once

#include <string>
#include <vector>

#include "arguments.h"

/** Throws where the add-on was built without the rule. */
inline Rule rule_named(const std::string& name) {
  for (size_t i = 0; i < rule_count; i++)
    if (name == rule_shapes[i].name) return static_cast<Rule>(i);
  throw Failure{Failure::type, "there is no optimizer rule named " + name};
}

/** Arguments from i on: the rule's name, and a Float64Array of its numbers in this step. */
inline Step step_from(const Arguments& arguments, size_t i) {
  Step step{};
  step.rule = rule_named(arguments.text(i));
  const size_t count = shape_of(step.rule).numbers;
  const double* numbers = arguments.doubles(i + 1, count);
  for (size_t at = 0; at < count; at++) step.numbers[at] = static_cast<float>(numbers[at]);
  return step;
}

/** The elements of an array of arrays. They may be getters: read them before any array's memory is looked for. */
inline std::vector<napi_value> elements_of(const Arguments& arguments, size_t i) {
  const napi_env env = arguments.env();
  uint32_t count;
  check(env, napi_get_array_length(env, arguments.value(i), &count));
  if (count > max_states) throw Failure{Failure::range, "there are no rules of so many states"};
  std::vector<napi_value> elements(count);
  for (uint32_t at = 0; at < count; at++) check(env, napi_get_element(env, arguments.value(i), at, &elements[at]));
  return elements;
}

/** The states of [rows, width] weights: as many arrays as the rule has. */
inline States states_from(const Arguments& arguments, const std::vector<napi_value>& elements, Rule rule, size_t rows,
                          size_t width) {
  const RuleShape& shape = shape_of(rule);
  if (elements.size() != shape.states)
    throw Failure{Failure::range, std::string(shape.name) + " has " + std::to_string(shape.states) + " arrays of state, not " +
                                      std::to_string(elements.size())};
  States states;
  for (size_t i = 0; i < shape.states; i++)
    states.at[i] = floats_of(arguments.env(), elements[i], shape.per_row[i] ? rows : times(rows, width));
  return states;
}
