import { defaultModel } from '../find-model.ts';
import { hashedWith } from '../job.ts';
import type { Configuration } from './configurations.ts';
import type { Reference } from './references.ts';

/**
 * The settings that identify a configuration. The name of the default model is left out of the hash, as before there were other
 * models, so that ids stay the same.
 */
export function hashedSettings({ model, ...asked }: Configuration | Reference): Record<string, unknown> {
  return hashedWith(asked.modelOptions, { ...asked, ...(model !== defaultModel.name && { model }) });
}
