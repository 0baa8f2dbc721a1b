import { Option } from 'commander';
import { UserError } from '../../base/user-error.ts';
import type { PluginRecord } from '../../results/plugin-record.ts';
import { loadedPlugins, loadPlugins, type PluginUse } from '../../plugins/index.ts';
import { given } from './values.ts';

/** The option of all verbs that take plug-ins. */
export const pluginOption = (): Option =>
  new Option(
    '--plugin <module>',
    'methods, models and data sets of your own: ./my-method.ts, or the name of a package (repeatable; docs/plugins.md)',
  ).argParser((text: string, before: string[] = []) => [...before, given(text)]);

/**
 * Loads the plug-ins that the command line names, before the command is made: they bring options of their own. A mistake in the
 * command line is left to commander. Throws a UserError for a plug-in that cannot be used.
 */
export async function loadNamedPlugins(args: readonly string[] = process.argv.slice(2)): Promise<void> {
  const named = args.flatMap((arg, i) => {
    if (arg.startsWith('--plugin=')) return [arg.slice('--plugin='.length)];
    return arg === '--plugin' && i + 1 < args.length ? [args[i + 1]] : [];
  });
  await loadPlugins(named.filter((from) => from !== '' && !from.startsWith('-')));
}

/** The plug-ins of this command, for its settings; nothing without any. */
export function chosenPlugins(): { readonly plugins?: readonly PluginUse[] } {
  const plugins = loadedPlugins().map(({ use }) => use);
  return plugins.length === 0 ? {} : { plugins };
}

/** Throws a UserError if a recorded run needs the code of a plug-in that this command has not loaded. */
export function requirePlugins(plugins: readonly PluginRecord[] = []): void {
  const loaded = loadedPlugins().map(({ use }) => use);
  const missing = plugins.find(
    ({ name, digest }) => !loaded.some((use) => use.digest === digest && use.name === name),
  );
  if (missing !== undefined)
    throw new UserError(
      `this run is of the plug-in ${missing.name} with the code ${missing.digest}: name that code by --plugin, under this name`,
    );
}
