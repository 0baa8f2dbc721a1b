import { InvalidArgumentError } from 'commander';
import { Fault } from '../../harness/contract/fault.ts';
import { methods } from '../../methods/index.ts';
import { findNamed } from '../../suites/catalogue.ts';
import type { MethodSettings } from '../../suites/settings.ts';

/** `--set md.temperature=0.3` */
export interface Setting {
  readonly method: string;
  readonly option: string;
  readonly value: unknown;
}

/** Collects settings; commander calls it once per `--set`. */
export function setting(text: string, before: Setting[] = []): Setting[] {
  const match = /^([\w-]+)\.([\w-]+)=(.*)$/.exec(text);
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

/** The methods asked for with the options set for them; a setting for a method that does not run is a Fault. */
export function chosenMethods(names: readonly string[], settings: readonly Setting[]): MethodSettings[] {
  const wanted = names.includes('all') ? methods : names.map((name) => findNamed(methods, 'method', name));
  const owners = settings.map((one) => findNamed(methods, 'method', one.method));
  owners.forEach((owner, i) => {
    if (!wanted.includes(owner))
      throw new Fault(
        `--set ${settings[i].method}.${settings[i].option}: ${owner.name} is not among the methods that run`,
      );
  });
  return wanted.map((method) => ({
    name: method.name,
    options: Object.fromEntries(
      settings.filter((_, i) => owners[i] === method).map(({ option, value }) => [option, value]),
    ),
  }));
}
