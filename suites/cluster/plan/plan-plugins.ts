import { existsSync } from 'node:fs';
import { loadUsed } from '../../../plugins/index.ts';
import { type Plan, readPlan } from './plan-file.ts';

/**
 * Loads the plug-ins of a plan, from the folder that its paths are relative to. Throws a UserError if there is no plan, or if the code of
 * a plug-in is another than that which the plan was made with.
 */
export async function loadPluginsOf(directory: string): Promise<void> {
  await loadPluginsOfPlan(readPlan(directory));
}

export async function loadPluginsOfPlan({ log, folder }: Plan): Promise<void> {
  await loadUsed(log.plugins, existsSync(folder) ? folder : undefined);
}
