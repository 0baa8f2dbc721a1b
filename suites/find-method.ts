import { UserError } from '../base/user-error.ts';
import type { Method } from '../harness/contract/method.ts';
import type { Wrapper } from '../harness/contract/wrapper.ts';
import { methods, wrappers } from '../methods/index.ts';
import { alternatives, findNamed, separated } from '../base/find-named.ts';

/** The catalogue that names are looked up in. */
export interface MethodCatalogue {
  readonly methods: readonly Method[];
  readonly wrappers: readonly Wrapper[];
}

const everything: MethodCatalogue = { methods, wrappers };

/**
 * A method by its name or alias, or wrapped: `int8(md)` is int8(mixed-dimension). Its name is canonical, whichever alias was
 * used. Throws a UserError that suggests the nearest wrapper or method.
 */
export function findMethod(wanted: string, catalogue = everything): Method {
  const { outer, inner } = parts(wanted);
  if (outer === undefined) return findPlain(inner, catalogue);
  const wrapper = findWrapper(outer, inner, catalogue);
  const method = findPlain(inner, catalogue);
  if (method.ignoresIds)
    throw new UserError(
      `${wanted}: ${method.name} stores nothing that ${wrapper.name} could store otherwise`,
    );
  return { ...wrapper.wrap(method), name: `${wrapper.name}(${method.name})`, aliases: [] };
}

/**
 * The names that one of a list stands for: `all` is every method that learns from ids, and brackets may hold several, so that `int8(md,qr)`
 * is two. They are not canonical yet, and may not exist. Throws a UserError if brackets do not pair up.
 */
export function expandName(name: string, { methods } = everything): string[] {
  const competing = methods.filter(({ ignoresIds }) => !ignoresIds);
  const all = (one: string) => (one.toLowerCase() === 'all' ? competing.map(({ name }) => name) : [one]);
  const { outer, inner } = parts(name);
  const names = separated(inner).flatMap(all);
  return outer === undefined ? names : names.map((one) => `${outer}(${one})`);
}

function findPlain(name: string, { methods, wrappers }: MethodCatalogue): Method {
  const wrapper = wrappers.find((one) => namesOf(one).includes(name.toLowerCase()));
  if (wrapper !== undefined)
    throw new UserError(
      `${wrapper.name} is put around a method: '${wrapper.name}(${methods.at(-1)!.name})', in quotes for the shell`,
    );
  return findNamed(methods, 'method', name);
}

function findWrapper(name: string, inner: string, { methods, wrappers }: MethodCatalogue): Wrapper {
  const method = methods.find((one) => namesOf(one).includes(name.toLowerCase()));
  if (method !== undefined)
    throw new UserError(`${name}(${inner}): ${method.name} is a method, and can be put around none`);
  if (wrappers.length === 0)
    throw new UserError(`${name}(${inner}): there is nothing to put around a method`);
  const found = wrappers.find((one) => namesOf(one).includes(name.toLowerCase()));
  if (found !== undefined) return found;
  const names = wrappers.map((one) => one.name);
  throw new UserError(
    `nothing called "${name}" can be put around a method: there are ${alternatives(names, name, wrappers.flatMap(namesOf))}`,
  );
}

const namesOf = ({ name, aliases }: Pick<Method, 'name' | 'aliases'>) => [name, ...aliases];

/** The two parts of `int8(md)`. Throws a UserError for brackets that are not those of one wrapped method. */
function parts(name: string): { outer?: string; inner: string } {
  const [, outer, inner] = /^([^()]*)\((.*)\)$/.exec(name) ?? [];
  if (outer === undefined) {
    if (/[()]/.test(name)) throw unpaired(name);
    return { inner: name.trim() };
  }
  if (/^[^()]+\(.*\)$/.test(inner))
    throw new UserError(`${name}: wrappers go around a method, not around each other`);
  if (/[()]/.test(inner) || outer.trim() === '' || inner.trim() === '') throw unpaired(name);
  return { outer: outer.trim(), inner: inner.trim() };
}

function unpaired(name: string): UserError {
  return new UserError(`"${name}": brackets hold a method, as in 'int8(full)'`);
}
