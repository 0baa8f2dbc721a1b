import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ZodObject } from 'zod';
import { z, type ZodType } from 'zod';
import type { OptionOwner } from '../../base/parse-options.ts';
import { UserError } from '../../base/user-error.ts';
import { describeOptions } from '../../suites/described/describe-method.ts';
import { single } from './misplaced.ts';
import type { Setting } from './set-option.ts';
import { list, place } from './values.ts';

/** An owner of options that declares short forms for some: a data set, a model. */
export type ShortFormOwner = OptionOwner & { readonly flags?: Readonly<Record<string, string>> };

/** A flag that is the short form of an option of one owner, or of several. */
interface ShortForm {
  readonly option: Option;
  /** The name of the option, by owner. */
  readonly names: ReadonlyMap<ShortFormOwner, string>;
}

/** The short forms that owners declare, each flag once. `defaults` are texts for the help, by option. */
export function shortForms(
  owners: readonly ShortFormOwner[],
  defaults: Readonly<Record<string, string>> = {},
): ShortForm[] {
  const byFlags = new Map<string, Map<ShortFormOwner, string>>();
  for (const owner of owners)
    for (const [name, flags] of Object.entries(owner.flags ?? {}))
      byFlags.set(flags, (byFlags.get(flags) ?? new Map<ShortFormOwner, string>()).set(owner, name));
  return [...byFlags].map(([flags, names]) => {
    const [[{ options }, name]] = names;
    const [{ about, default: byDefault }] = describeOptions(options).filter((option) => option.name === name);
    const shown = defaults[name] ?? byDefault;
    const note = shown === null ? '' : ` (default: ${shown as string | number})`;
    const of = [...names.keys()].map((owner) => owner.name).join(', ');
    const option = new Option(flags, `${of}: ${about}${note}`);
    return { option: option.argParser(parserOf((options as ZodObject).shape[name] as ZodType)), names };
  });
}

/** Numbers separated by commas, for a numeric option (the suite `throughput` takes several); the text for any other. */
function parserOf(schema: ZodType): (text: string) => unknown {
  const { type } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  if (type !== 'integer' && type !== 'number')
    return (text) => {
      const parsed = schema.safeParse(place(text));
      if (parsed.success) return text;
      throw new InvalidArgumentError(`${parsed.error.issues[0].message}.`);
    };
  return (text) =>
    list(text).map((item) => {
      const parsed = schema.safeParse(Number(item.replaceAll('_', '')));
      if (parsed.success) return parsed.data as number;
      const [{ values }] = describeOptions(z.object({ value: schema }));
      throw new InvalidArgumentError(`Expected: ${values}.`);
    });
}

/**
 * The options that the command sets for one owner, by short forms and by `--set NAME.option=value`. Throws a UserError for a short form
 * of another owner, and for an option that is set twice. `flag` chooses owners: `--dataset`, `--model`.
 */
export function ownOptions(
  owner: ShortFormOwner,
  { owners, flag }: { readonly owners: readonly ShortFormOwner[]; readonly flag: string },
  command: Command,
  settings: readonly Setting[],
): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const { option, names } of shortForms(owners)) {
    const value = command.getOptionValue(option.attributeName()) as unknown;
    if (value === undefined) continue;
    const name = names.get(owner);
    const long = option.long!;
    if (name === undefined) {
      const others = [...names.keys()].map((other) => other.name).join(' or ');
      throw new UserError(`${owner.name} takes no ${long}: add ${flag} ${others}, or leave it out`);
    }
    if (settings.some((setting) => setting.owner === owner.name && setting.option === name))
      throw new UserError(
        `${long} and --set ${owner.name}.${name} set the same option: leave one of them out`,
      );
    given[name] = Array.isArray(value) ? single(long, value) : value;
  }
  for (const setting of settings) if (setting.owner === owner.name) given[setting.option] = setting.value;
  return given;
}
