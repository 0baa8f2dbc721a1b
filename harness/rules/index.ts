import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import { ftrl } from './ftrl.ts';
import { rowwiseAdagrad } from './rowwise-adagrad.ts';
import { sgd } from './sgd.ts';

/** All rules, in the order in which texts list them. A new one is a file and a line here. */
const all = [sgd, adagrad, rowwiseAdagrad, adam, ftrl] as const;

export type OptimizerRule = (typeof all)[number]['name'];

export const optimizerRules: readonly OptimizerRule[] = all.map(({ name }) => name);

export const updateRules = Object.fromEntries(all.map((rule) => [rule.name, rule])) as {
  readonly [Name in OptimizerRule]: Extract<(typeof all)[number], { name: Name }>;
};
