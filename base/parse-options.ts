import { z, type ZodType } from 'zod';
import { alternatives } from './find-named.ts';
import { UserError } from './user-error.ts';

/** A method, a model or a data set: something with options of its own. */
export interface OptionOwner<Options = unknown> {
  readonly name: string;
  /** A strict object of options with their defaults. */
  readonly options: ZodType<Options>;
}

/**
 * The options of an owner with the defaults filled in. Throws a UserError that names the owner and the option, for an option that it
 * does not have and for a value that does not fit.
 */
export function parseOptions<Options>(
  { name, options: schema }: OptionOwner<Options>,
  options: Readonly<Record<string, unknown>>,
): Options {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  if (known.length === 0) throw new UserError(`${name} has no options: leave --set out`);
  const [issue] = parsed.error.issues;
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    throw new UserError(`${name} has no option "${key}": there are ${alternatives(known, key)}`);
  }
  throw new UserError(`--set ${name}.${issue.path.join('.')}: ${issue.message}`);
}
