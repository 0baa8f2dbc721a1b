import { defaultModel } from '../find-model.ts';
import { hashedWith } from '../job.ts';
import type { Configuration } from './configurations.ts';
import type { Reference } from './references.ts';

/**
 * What identifies a configuration. Settings of the default model are hashed without its name, as they were before there were
 * others, so that they keep their ids.
 */
export function hashedSettings({ model, ...asked }: Configuration | Reference): Record<string, unknown> {
  return hashedWith(asked.modelOptions, { ...asked, ...(model !== defaultModel.name && { model }) });
}
