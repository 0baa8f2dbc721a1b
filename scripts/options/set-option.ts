import { InvalidArgumentError } from 'commander';
import { describeOptions } from '../../base/describe-options.ts';
import { UserError } from '../../base/user-error.ts';
import { datasets } from '../../datasets/index.ts';
import { models } from '../../harness/models/index.ts';
import { optimizerOwners } from '../../suites/optimizer-options.ts';
import { expandName, findMethod } from '../../suites/find-method.ts';
import type { MethodSettings } from '../../suites/settings.ts';

/** An option set by name: `--set md.temperature=0.3`, `--set int8(md).range=greedy`, `--set dlrm.top=64`, `--set planted.scale=0.1`, `--set ftrl.l2=0.5`. */
export interface Setting {
  /** A method, a wrapped method, a model, a data set, or an optimizer. */
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
  if (before.some((one) => one.owner === owner && one.option === option))
    throw new InvalidArgumentError(`${owner}.${option} is set twice; set it once.`);
  return [...before, { owner, option, value: parseValue(value) }];
}

/** Numbers and booleans as such, anything else as text. */
function parseValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Models, data sets and optimizers, which own options as methods do. */
const otherOwners = () => [
  ...models.map(({ name, aliases, options }) => ({
    name,
    // A name without options owns nothing: it may be a method's as well.
    names: [name, ...((describeOptions(options).length > 0 && aliases) || [])],
    kind: 'model',
  })),
  ...datasets.map(({ name }) => ({ name, names: [name], kind: 'data set' })),
  ...optimizerOwners.map(({ name }) => ({ name, names: [name], kind: 'optimizer' })),
];

/**
 * The methods asked for, with the options set for them. Throws a UserError for a setting of a method that does not run, or of a model,
 * data set or optimizer that is not among `used`.
 */
export function chosenMethods(
  names: readonly string[],
  settings: readonly Setting[],
  used: readonly string[] = [],
): MethodSettings[] {
  const wanted = names.flatMap((name) => expandName(name)).map((name) => findMethod(name).name);
  const ofMethods = settings.filter(({ owner, option }) => {
    const other = otherOwners().find(({ names }) => names.includes(owner));
    if (other === undefined) return true;
    if (!used.includes(other.name))
      throw new UserError(
        `--set ${owner}.${option}: the ${other.kind} ${owner} is not used here; leave it out`,
      );
    return false;
  });
  const owners = ofMethods.map(({ owner }) => ownerOf(owner));
  owners.forEach((owner, i) => {
    if (wanted.includes(owner)) return;
    const { owner: written, option } = ofMethods[i];
    const wrapped = wanted.find((name) => name.endsWith(`(${owner})`));
    const meant = wrapped === undefined ? '' : `; did you mean --set '${wrapped}.${option}=...'?`;
    throw new UserError(`--set ${written}.${option}: ${owner} is not among the methods that run${meant}`);
  });
  ofMethods.forEach(({ owner, option }, i) => {
    const first = ofMethods.findIndex((other, j) => owners[j] === owners[i] && other.option === option);
    if (first < i)
      throw new UserError(
        `--set ${ofMethods[first].owner}.${option} and ${owner}.${option} are one option: set it once`,
      );
  });
  return [...new Set(wanted)].map((name) => ({
    name,
    options: Object.fromEntries(
      ofMethods.filter((_, i) => owners[i] === name).map(({ option, value }) => [option, value]),
    ),
  }));
}

/** The method that owns a setting. Throws a UserError that names what could own one. */
function ownerOf(name: string): string {
  try {
    return findMethod(name).name;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message.replace(/^no method is/, 'no method, model, data set or optimizer is'));
  }
}
