import { InvalidArgumentError } from 'commander';
import { UserError } from '../../base/user-error.ts';
import { expandName, findMethod } from '../../suites/find-method.ts';
import type { MethodSettings } from '../../suites/settings.ts';

/** `--set md.temperature=0.3`, `--set int8(md).range=greedy` */
export interface Setting {
  readonly method: string;
  readonly option: string;
  readonly value: unknown;
}

/** Collects settings; commander calls it once per `--set`. */
export function setting(text: string, before: Setting[] = []): Setting[] {
  const match = /^([\w-]+(?:\([\w-]+\))?)\.([\w-]+)=(.*)$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('Expected method.option=value, such as md.temperature=0.3.');
  const [, method, option, value] = match;
  return [...before, { method, option, value: parseValue(value) }];
}

/** Numbers and booleans as such, anything else as text. */
function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The methods asked for with the options set for them; a setting for a method that does not run is a UserError. */
export function chosenMethods(names: readonly string[], settings: readonly Setting[]): MethodSettings[] {
  const wanted = names.flatMap((name) => expandName(name)).map((name) => findMethod(name).name);
  const owners = settings.map((one) => findMethod(one.method).name);
  owners.forEach((owner, i) => {
    if (wanted.includes(owner)) return;
    const { method, option } = settings[i];
    const wrapped = wanted.find((name) => name.endsWith(`(${owner})`));
    const meant = wrapped === undefined ? '' : `; did you mean --set '${wrapped}.${option}=...'?`;
    throw new UserError(`--set ${method}.${option}: ${owner} is not among the methods that run${meant}`);
  });
  return [...new Set(wanted)].map((name) => ({
    name,
    options: Object.fromEntries(
      settings.filter((_, i) => owners[i] === name).map(({ option, value }) => [option, value]),
    ),
  }));
}
