import { UserError } from '../../base/user-error.ts';
import type { OpenBackend, OptimizerRule } from '../contract/backend.ts';
import type { Plan } from '../contract/method.ts';

/** True if a backend updates neither rows nor dense weights by this rule: the harness then does both. */
export function lacksRule(
  { lacksRules = [] }: Pick<OpenBackend, 'lacksRules'>,
  rule: OptimizerRule,
): boolean {
  return lacksRules.includes(rule);
}

/**
 * Throws a UserError if a run would be measured whose rows are in this process because the backend lacks the rule: its
 * time would be that of both. `hostRows`: whether that was asked for.
 */
export function requireRules(
  backend: Pick<OpenBackend, 'name' | 'lacksRules'>,
  optimizer: OptimizerRule,
  { weights = [] }: Pick<Plan, 'weights'>,
  hostRows = false,
): void {
  const rules = new Set([optimizer, ...weights.flatMap((weight) => weight.optimizer?.rule ?? [])]);
  const missing = [...rules].filter((rule) => lacksRule(backend, rule));
  if (missing.length > 0 && !hostRows)
    throw new UserError(
      `the ${backend.name} backend lacks the optimizer ${missing.join(', ')}: choose another --optimizer or ` +
        `--backend, or take --host-rows, which keeps rows in this process and measures that`,
    );
}

/** Throws a UserError if rows in this process cannot stand in, because ids and gradients are on a device. */
export function requireHostRows({ name, createIndices }: OpenBackend, rule: OptimizerRule): void {
  if (createIndices !== undefined)
    throw new UserError(
      `the ${name} backend lacks the optimizer ${rule}, and rows in this process cannot read ids on a device: ` +
        'choose another --optimizer or --backend',
    );
}
