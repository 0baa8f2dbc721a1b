// An optimizer's rule and step, as JavaScript hands them over.
#pragma once

#include <cmath>
#include <string>

#include "arguments.h"

inline Rule rule_named(const std::string& name) {
  if (name == "sgd") return Rule::sgd;
  if (name == "adagrad") return Rule::adagrad;
  if (name == "rowwise-adagrad") return Rule::rowwise_adagrad;
  if (name == "adam") return Rule::adam;
  throw Failure{Failure::type, "there is no optimizer rule named " + name};
}

/** Arguments from i on: rule, learning rate, step (from 1), epsilon, beta1, beta2. */
inline Step step_from(const Arguments& arguments, size_t i) {
  Step step{};
  step.rule = rule_named(arguments.text(i));
  const double rate = arguments.number(i + 1), t = static_cast<double>(arguments.size(i + 2));
  const double beta1 = arguments.number(i + 4), beta2 = arguments.number(i + 5);
  const bool adam = step.rule == Rule::adam;
  step.epsilon = static_cast<float>(arguments.number(i + 3));
  step.beta1 = static_cast<float>(beta1);
  step.beta2 = static_cast<float>(beta2);
  step.rest1 = static_cast<float>(1 - beta1);
  step.rest2 = static_cast<float>(1 - beta2);
  step.rate = static_cast<float>(adam ? rate / (1 - std::pow(beta1, t)) : rate);
  step.root = static_cast<float>(adam ? std::sqrt(1 - std::pow(beta2, t)) : 1);
  return step;
}
