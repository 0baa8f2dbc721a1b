import { InvalidArgumentError } from 'commander';
import { UserError } from '../../base/user-error.ts';
import { datasets } from '../../datasets/index.ts';
import { expandName, findMethod } from '../../suites/find-method.ts';
import type { MethodSettings } from '../../suites/settings.ts';

/** An option set by name: `--set md.temperature=0.3`, `--set int8(md).range=greedy`, `--set planted.scale=0.1`. */
export interface Setting {
  /** A method, a wrapped method, or a data set. */
  readonly owner: string;
  readonly option: string;
  readonly value: unknown;
}

/** Collects settings; commander calls it once per `--set`. */
export function setting(text: string, before: Setting[] = []): Setting[] {
  const match = /^([\w-]+(?:\([\w-]+\))?)\.([\w-]+)=(.*)$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('Expected name.option=value, such as md.temperature=0.3.');
  const [, owner, option, value] = match;
  return [...before, { owner, option, value: parseValue(value) }];
}

/** Numbers and booleans as such, anything else as text. */
function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * The methods asked for, with the options set for them. Throws a UserError for a setting of a method that does not run, or of a
 * data set other than `dataset`.
 */
export function chosenMethods(
  names: readonly string[],
  settings: readonly Setting[],
  dataset?: string,
): MethodSettings[] {
  const wanted = names.flatMap((name) => expandName(name)).map((name) => findMethod(name).name);
  const ofMethods = settings.filter(({ owner, option }) => {
    if (datasets.every(({ name }) => name !== owner)) return true;
    if (owner !== dataset)
      throw new UserError(`--set ${owner}.${option}: the data set ${owner} is not read here; leave it out`);
    return false;
  });
  const owners = ofMethods.map(({ owner }) => findMethod(owner).name);
  owners.forEach((owner, i) => {
    if (wanted.includes(owner)) return;
    const { owner: written, option } = ofMethods[i];
    const wrapped = wanted.find((name) => name.endsWith(`(${owner})`));
    const meant = wrapped === undefined ? '' : `; did you mean --set '${wrapped}.${option}=...'?`;
    throw new UserError(`--set ${written}.${option}: ${owner} is not among the methods that run${meant}`);
  });
  return [...new Set(wanted)].map((name) => ({
    name,
    options: Object.fromEntries(
      ofMethods.filter((_, i) => owners[i] === name).map(({ option, value }) => [option, value]),
    ),
  }));
}
