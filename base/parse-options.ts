import { z, type ZodType } from 'zod';
import { describeOptions } from './describe-options.ts';
import { alternatives } from './find-named.ts';
import { UserError } from './user-error.ts';

/** A method, a model or a data set: something with options of its own. */
export interface OptionOwner<Options = unknown> {
  readonly name: string;
  /** Short names. */
  readonly aliases?: readonly string[];
  /** A strict object of options with their defaults. */
  readonly options: ZodType<Options>;
  /** Short forms on the command line, by option: `--scale <factor>`. */
  readonly flags?: Readonly<Record<string, string>>;
}

/**
 * The options of an owner with the defaults filled in. Throws a UserError that names the owner and the option, for an option that it
 * does not have and for a value that does not fit.
 */
export function parseOptions<Options>(
  owner: OptionOwner<Options>,
  options: Readonly<Record<string, unknown>>,
): Options {
  const { name, options: schema, flags = {} } = owner;
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  if (known.length === 0) throw new UserError(`${name} has no options: leave --set out`);
  const [issue] = parsed.error.issues;
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    throw new UserError(`${name} has no option "${key}": there are ${alternatives(known, key)}`);
  }
  const option = String(issue.path[0]);
  const value = options[option];
  if (value === undefined)
    throw new UserError(`${name} needs ${flags[option] ?? `--set ${name}.${option}=<value>`}`);
  throw new UserError(`--set ${name}.${option}=${text(value)}: ${expected(schema, option, issue.message)}`);
}

/** Describes the values that an option takes; `message` is zod's, or the schema's own, which begins with "Expected". */
export function expected(schema: ZodType, option: string, message: string): string {
  const values = describeOptions(schema).find(({ name }) => name === option)?.values ?? '';
  if (message.startsWith('Expected')) return message;
  return values === '' ? message : `Expected: ${values}`;
}

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
