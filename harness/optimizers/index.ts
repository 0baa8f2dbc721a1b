import type { OptimizerRule } from '../contract/backend.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import { rowwiseAdagrad } from './rowwise-adagrad.ts';
import type { Rule } from './rule.ts';
import { sgd } from './sgd.ts';

export const optimizers: Readonly<Record<OptimizerRule, Rule>> = {
  sgd,
  adagrad,
  'rowwise-adagrad': rowwiseAdagrad,
  adam,
};
