import { UserError } from '../base/user-error.ts';
import { checkedPlugin } from './check-plugin.ts';
import { pluginDigest } from './digest.ts';
import { findPlugin } from './find-plugin.ts';
import { loadModule } from './load-module.ts';
import type { LoadedPlugin, PluginIdentity, PluginUse } from './plugin.ts';
import { register } from './register.ts';

export { findPlugin, isPath } from './find-plugin.ts';
export type { LoadedPlugin, Plugin, PluginIdentity, PluginUse } from './plugin.ts';
export { originsOf } from './register.ts';

/** Methods, models and data sets that a user brings: `--plugin ./my-method.ts`. */

const loaded = new Map<string, LoadedPlugin>();

/** The part of a plug-in's use that records may have: no path. */
export const identityOf = ({ name, version, digest }: PluginUse): PluginIdentity => ({
  ...{ name, ...(version !== undefined && { version }), digest },
});

/** The plug-ins of this process, in the order in which they were loaded. */
export const loadedPlugins = (): readonly LoadedPlugin[] => [...loaded.values()];

/**
 * Loads plug-ins and adds what they bring to the catalogues; one that was loaded before is left alone. Throws a UserError for one that
 * cannot be found or loaded, that brings nothing, or whose names are taken.
 */
export async function loadPlugins(all: readonly string[], base?: string): Promise<LoadedPlugin[]> {
  const found: LoadedPlugin[] = [];
  for (const from of all) {
    const place = findPlugin(from, base);
    const before = loaded.get(place.file);
    if (before === undefined) {
      const { name, version } = place;
      const use = { name, ...(version !== undefined && { version }), digest: pluginDigest(place), from };
      const plugin = checkedPlugin(await loadModule(place, from), from);
      register({ use, plugin });
      loaded.set(place.file, { use, plugin });
    }
    found.push(loaded.get(place.file)!);
  }
  return found;
}

/** Loads the plug-ins of a comparison that another process began. Throws a UserError if the code of one is another by now. */
export async function loadUsed(uses: readonly PluginUse[] = [], base?: string): Promise<void> {
  for (const { from, digest } of uses) {
    const [{ use }] = await loadPlugins([from], base);
    if (use.digest !== digest)
      throw new UserError(
        `--plugin ${from}: its code has changed since this comparison began (${digest}, now ${use.digest}); start it again`,
      );
  }
}
