import type * as tf from '../../tensors/index.ts';
import type { CarriedState } from './stages/carried-state.ts';
import type { OptimizerRule } from '../contract/backend.ts';
import type { Weight } from '../contract/method.ts';
import type { Network } from '../contract/model.ts';
import type { Embedding } from '../embedding/embedding.ts';
import { DenseOptimizer, type VariableState } from '../optimizers/dense-optimizer.ts';
import { optimizers } from '../optimizers/index.ts';
import type { Rule } from '../optimizers/rule.ts';

/** Variables that learn by one rule, on the batches that are trained on or on those that are held out. */
export interface ParamGroup {
  readonly heldOut: boolean;
  readonly variables: readonly tf.Variable[];
  readonly optimizer: DenseOptimizer;
  /** The run's where undefined. */
  readonly learningRate: number | undefined;
}

/** The groups of a network and the weights of the plan beneath it. `before`: the state of an earlier stage. */
export function paramGroupsOf(
  embedding: Embedding,
  network: Network,
  rule: Rule,
  before: CarriedState | undefined,
): ParamGroup[] {
  const ofRun: tf.Variable[] = [...network.variables];
  const own: ParamGroup[] = [];
  const known = new Map(before?.network);
  for (const weight of embedding.plan.weights ?? []) {
    const variable = embedding.variableOf(weight);
    if (weight.frozen) continue;
    const state = before?.weights.get(weight);
    if (state) known.set(variable, state);
    if (weight.optimizer === undefined && !weight.architecture) ofRun.push(variable);
    else own.push(ownParamGroup(weight, variable, rule, known, embedding));
  }
  return [
    {
      heldOut: false,
      variables: ofRun,
      optimizer: new DenseOptimizer(rule, ofRun, known, { kernels: !embedding.lacksRule(rule.name) }),
      learningRate: undefined,
    },
    ...own,
  ];
}

function ownParamGroup(
  { optimizer, architecture }: Weight,
  variable: tf.Variable,
  rule: Rule,
  known: ReadonlyMap<tf.Variable, VariableState>,
  embedding: Embedding,
): ParamGroup {
  const own: OptimizerRule = optimizer?.rule ?? rule.name;
  return {
    heldOut: architecture === true,
    variables: [variable],
    optimizer: new DenseOptimizer(optimizers[own], [variable], known, { kernels: !embedding.lacksRule(own) }),
    learningRate: optimizer?.learningRate,
  };
}
