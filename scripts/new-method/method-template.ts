import { readFileSync } from 'node:fs';
import { families } from '../../harness/contract/kinds.ts';
import { UserError } from '../../base/user-error.ts';
import type { Method } from '../../harness/contract/method.ts';
import type { Wrapper } from '../../harness/contract/wrapper.ts';

/** The example of CONTRIBUTING, which tests hold to conformance: the template of every new method. */
const example = {
  name: 'shared-rows',
  variable: 'sharedRows',
  title: 'Shared rows',
  family: 'hashing and sharing',
};
const folder = new URL('../../test/methods/example/', import.meta.url);

/** Names that a file of methods/ may not have. */
const reserved = [
  ...['index', 'shared', 'all'],
  ...['break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum'],
  ...['export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'import', 'in', 'instanceof', 'new', 'null'],
  ...['return', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof', 'var', 'void', 'while', 'with'],
  ...['implements', 'interface', 'let', 'package', 'private', 'protected', 'public', 'static', 'yield', 'await'],
  ...['eval', 'arguments', 'async', 'of', 'undefined', 'methods', 'wrappers', 'options', example.name],
]; // prettier-ignore

/** Throws a UserError for a name of the wrong form, or one that a method or a file has already. */
export function requireFreeName(
  name: string,
  known: readonly (Pick<Method, 'name' | 'aliases'> | Pick<Wrapper, 'name' | 'aliases'>)[],
): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new UserError(
      `${name || 'an empty name'} is no name of a method: lower-case words with hyphens, as in my-method`,
    );
  if (reserved.includes(name) || imported().includes(variableOf(name)))
    throw new UserError(`${name} is a word of its own here: give the method another name`);
  const taken = known.find((one) => one.name === name || one.aliases.includes(name));
  if (taken !== undefined)
    throw new UserError(
      `${name} is taken${taken.name === name ? '' : `, by ${taken.name}`}: give the method another name`,
    );
}

/** The files of a new method by their paths, and the new text of methods/index.ts. */
export function newMethodFiles(name: string, index: string): Record<string, string> {
  return {
    [`methods/${name}.ts`]: named(read(`${example.name}.ts`), name)
      .replaceAll('../../../methods/', './')
      .replaceAll('../../../harness/', '../harness/'),
    [`test/methods/${name}.test.ts`]: named(read(`${example.name}.test.ts`), name)
      .replaceAll(`'./${name}.ts'`, `'../../methods/${name}.ts'`)
      .replaceAll('../../../harness/', '../../harness/')
      .replaceAll("'../../layers.ts'", "'../layers.ts'")
      .replaceAll("'../lookups.ts'", "'./lookups.ts'"),
    'methods/index.ts': withMethod(index, name),
  };
}

const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');

/** Names that the files of a new method import: a method of such a name would be declared twice. */
function imported(): string[] {
  const texts = [read(`${example.name}.ts`), read(`${example.name}.test.ts`)];
  return texts
    .flatMap((text) => [...text.matchAll(/^import (?:type )?\{([^}]*)\}/gm)])
    .flatMap(([, names]) => names.split(',').map((one) => one.trim().replace(/^type /, '')));
}

function named(text: string, name: string): string {
  const words = name.replaceAll('-', ' ');
  return text
    .replaceAll(example.name, name)
    .replaceAll(example.variable, variableOf(name))
    .replaceAll(example.title, words[0].toUpperCase() + words.slice(1));
}

/** my-method -> myMethod */
export function variableOf(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Adds the import, in the order of files, and the line at the end of the family. */
function withMethod(index: string, name: string): string {
  const line = `import { ${variableOf(name)} } from './${name}.ts';`;
  const fileOf = (text: string) => /from '\.\/([^/]+)(?:\/index)?\.ts';$/.exec(text)?.[1];
  const lines = index.split('\n');
  const after = lines.findIndex((text) => (fileOf(text) ?? '') > name);
  const last = lines.findLastIndex((text) => fileOf(text) !== undefined);
  lines.splice(after < 0 ? last + 1 : after, 0, line);
  const next = families[families.indexOf(example.family as (typeof families)[number]) + 1];
  const end = lines.indexOf(`  // ${next}`);
  if (last < 0 || end < 0)
    throw new UserError('methods/index.ts has another form: add the line of the method by hand');
  lines.splice(end, 0, `  ${variableOf(name)},`);
  return lines.join('\n');
}
