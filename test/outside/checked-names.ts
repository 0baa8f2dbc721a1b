import { UserError } from '../../base/user-error.ts';
import type { Method } from '../../harness/contract/method.ts';
import type { LoadedPlugin, Plugin } from '../../plugins/index.ts';
import { findMethod } from '../../suites/find-method.ts';

/** The methods of these names, or all of the plug-ins without names, and the traits that plug-ins export. Throws a UserError for none. */
export function checkedNames(
  loaded: readonly LoadedPlugin[],
  names: readonly string[],
): { readonly methods: readonly Method[]; readonly traits: NonNullable<Plugin['traits']> } {
  const methods =
    names.length > 0
      ? names.map((name) => findMethod(name))
      : loaded.flatMap(({ plugin }) => plugin.methods ?? []);
  if (methods.length === 0)
    throw new UserError(
      `${loaded.map(({ use }) => use.from).join(', ')}: no method to check; export a list "methods"`,
    );
  const traits = Object.fromEntries(loaded.flatMap(({ plugin }) => Object.entries(plugin.traits ?? {})));
  return { methods, traits };
}
