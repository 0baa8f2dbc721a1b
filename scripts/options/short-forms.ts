import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ZodObject } from 'zod';
import { z, type ZodType } from 'zod';
import { expected, type OptionOwner } from '../../base/parse-options.ts';
import { UserError } from '../../base/user-error.ts';
import { describeOptions } from '../../base/describe-options.ts';
import { single } from './misplaced.ts';
import type { Setting } from './set-option.ts';
import { given, list } from './values.ts';

/** A flag that is the short form of an option of one owner, or of several. */
interface ShortForm {
  readonly option: Option;
  /** The name of the option, by owner. */
  readonly names: ReadonlyMap<OptionOwner, string>;
}

/** The short forms that owners declare, each flag once. `defaults` are texts for the help, by option. */
export function shortForms(
  owners: readonly OptionOwner[],
  defaults: Readonly<Record<string, string>> = {},
): ShortForm[] {
  const byFlags = new Map<string, Map<OptionOwner, string>>();
  for (const owner of owners)
    for (const [name, flags] of Object.entries(owner.flags ?? {}))
      byFlags.set(flags, (byFlags.get(flags) ?? new Map<OptionOwner, string>()).set(owner, name));
  return [...byFlags].flatMap(([flags, names]) => {
    const [[{ options }, name]] = names;
    const help = helpOf(names, defaults[name]);
    if (flags.startsWith(eitherWay))
      return ['--', '--no-'].map((start) => ({
        option: new Option(flags.replace(eitherWay, start), start === '--' ? help : `not so: ${help}`),
        names,
      }));
    return [{ option: new Option(flags, help).argParser(parserOf(options, name)), names }];
  });
}

/** The beginning of a flag that has an opposite: `--[no-]header` stands for `--header` and `--no-header`. */
const eitherWay = '--[no-]';

/** `planted: rows to generate (default: 100)`; several owners with one description are named together. */
function helpOf(names: ReadonlyMap<OptionOwner, string>, shown?: string): string {
  const owners = new Map<string, string[]>();
  for (const [{ name: owner, options }, name] of names) {
    const [{ about, default: byDefault }] = describeOptions(options).filter((option) => option.name === name);
    const value = shown ?? byDefault;
    const text = `${about}${value === null ? '' : ` (default: ${value as string | number})`}`;
    owners.set(text, [...(owners.get(text) ?? []), owner]);
  }
  return [...owners].map(([text, named]) => `${named.join(', ')}: ${text}`).join('; ');
}

/** Numbers separated by commas, for a numeric option (the suite `throughput` takes several); the text for any other. */
function parserOf(options: ZodType, name: string): (text: string) => unknown {
  const schema = (options as ZodObject).shape[name] as ZodType;
  const { type } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const checked = (value: unknown): unknown => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return value;
    const message = expected(options, name, parsed.error.issues[0].message);
    throw new InvalidArgumentError(message.endsWith('.') ? message : `${message}.`);
  };
  if (type !== 'integer' && type !== 'number') return (text) => checked(given(text));
  return (text) => list(text).map((item) => checked(Number(item.replaceAll('_', ''))));
}

/**
 * The options that the command sets for one owner, by short forms and by `--set NAME.option=value`. Throws a UserError for a short form
 * of another owner, and for an option that is set twice. `flag` chooses owners: `--dataset`, `--model`.
 */
export function ownOptions(
  owner: OptionOwner,
  { owners, flag }: { readonly owners: readonly OptionOwner[]; readonly flag: string },
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
    if (settings.some((setting) => isOf(setting, owner) && setting.option === name))
      throw new UserError(
        `${long} and --set ${owner.name}.${name} set the same option: leave one of them out`,
      );
    given[name] = Array.isArray(value) ? single(long, value) : value;
  }
  for (const setting of settings) if (isOf(setting, owner)) given[setting.option] = setting.value;
  return given;
}

const isOf = ({ owner: named }: Setting, { name, aliases = [] }: OptionOwner) =>
  named === name || aliases.includes(named);
