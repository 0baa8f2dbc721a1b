import type { OptimizerRule } from '../contract/backend.ts';
import { optimizerRules, updateRules } from '../rules/index.ts';
import { type Rule, ruleOf } from './rule.ts';

export const optimizers = Object.fromEntries(
  optimizerRules.map((name) => [name, ruleOf(updateRules[name])]),
) as Readonly<Record<OptimizerRule, Rule>>;
