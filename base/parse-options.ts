import { z, type ZodType } from 'zod';
import { alternatives } from './find-named.ts';
import { UserError } from './user-error.ts';

/**
 * The options of a method, a model or a data set with the defaults filled in. Throws a UserError that names the owner and the option,
 * for one that it does not have and for a value that does not fit.
 */
export function parseOptions<Options>(
  owner: string,
  schema: ZodType<Options>,
  options: Readonly<Record<string, unknown>>,
): Options {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  if (known.length === 0) throw new UserError(`${owner} has no options: leave --set out`);
  const [issue] = parsed.error.issues;
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    throw new UserError(`${owner} has no option "${key}": there are ${alternatives(known, key)}`);
  }
  throw new UserError(`--set ${owner}.${issue.path.join('.')}: ${issue.message}`);
}
