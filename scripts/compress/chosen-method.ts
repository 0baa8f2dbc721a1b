import { UserError } from '../../base/user-error.ts';
import { wrappers } from '../../methods/index.ts';
import { findMethod } from '../../suites/find-method.ts';
import type { MethodSettings } from '../../suites/settings.ts';
import { chosenMethods, type Setting } from '../options/set-option.ts';

/** A number format alone is the tables themselves in that format. */
const around = (name: string) => {
  const wrapper = wrappers.find((one) => [one.name, ...one.aliases].includes(name.toLowerCase()));
  return wrapper === undefined ? name : `${wrapper.name}(full)`;
};

/** True for the tables themselves, in whatever format. */
export const aroundTables = (name: string) => name === 'full' || name.endsWith('(full)');

/** One method and its options. Throws a UserError where there are several, and for settings that are not its own. */
export function chosenMethod(name: string, settings: readonly Setting[]): MethodSettings {
  const own = settings.map((one) => ({ ...one, owner: around(one.owner) }));
  const [method, ...more] = chosenMethods([around(name)], own);
  if (more.length > 0)
    throw new UserError(
      `--method ${name}: takes one method; compress once for each, with an --out of its own`,
    );
  return { ...method, name: findMethod(method.name).name };
}
