import { z } from 'zod';
import { type OptionOwner, parseOptions } from '../base/parse-options.ts';
import { UserError } from '../base/user-error.ts';
import { optimizerRules, type OptimizerRule, updateRules } from '../harness/rules/index.ts';
import type { UpdateRule } from '../harness/rules/update-rule.ts';

/** The numbers of an optimizer's rule beside the learning rate, as options that `--set ftrl.l2=0.5` sets. */
export function optimizerOwner(rule: OptimizerRule): OptionOwner<Record<string, number>> {
  const { name, hyperParameters, below = {} }: UpdateRule = updateRules[rule];
  const shape = Object.entries(hyperParameters).map(([option, byDefault]) => {
    const least = z.number().min(0);
    const schema = option in below ? least.lt(below[option]) : least;
    return [option, schema.default(byDefault).describe(`${option} of its update`)] as const;
  });
  return { name, options: z.strictObject(Object.fromEntries(shape)) };
}

export const optimizerOwners: readonly OptionOwner[] = optimizerRules.map(optimizerOwner);

/**
 * Those of the given options that differ from the rule's defaults; undefined if none does, so that a default written out is
 * the same run. Throws a UserError for an option that the rule does not have, and for a value that does not fit.
 */
export function changedOptions(
  rule: OptimizerRule,
  given: Readonly<Record<string, unknown>>,
): Record<string, number> | undefined {
  const parsed = parseOptions(optimizerOwner(rule), given);
  const { hyperParameters, notAllZero = [] }: UpdateRule = updateRules[rule];
  if (notAllZero.length > 0 && notAllZero.every((name) => parsed[name] === 0))
    throw new UserError(
      `--set ${notAllZero.map((name) => `${rule}.${name}=0`).join(' --set ')}: a weight without a gradient would be 0 / 0; ` +
        'give a number above 0, such as 1e-8',
    );
  const changed = Object.entries(parsed).filter(([name, value]) => value !== hyperParameters[name]);
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}
