import { UserError } from '../../base/user-error.ts';
import { optimizerRules, updateRules, type OptimizerRule } from '../../harness/rules/index.ts';
import { signatureOf } from './optimizer-rules.ts';

/**
 * The rules that an add-on was built without. `built`: the signatures of those that it knows. Throws a UserError if it was
 * built from another declaration of a rule: it would update by that one.
 */
export function missingRules(built: readonly string[]): OptimizerRule[] {
  const byName = new Map(built.map((signature) => [signature.slice(0, signature.indexOf('(')), signature]));
  return optimizerRules.filter((name) => {
    const found = byName.get(name);
    const declared = signatureOf(updateRules[name]);
    if (found !== undefined && found !== declared)
      throw new UserError(
        `the native backend was built for ${found}, and harness/rules declares ${declared}: npm run build:native`,
      );
    return found === undefined;
  });
}
