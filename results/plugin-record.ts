import { z } from 'zod';

/** A plug-in that a run's method, model or data set came from (plugins/plugin.ts). */
export const pluginRecord = z.object({
  /** The name of its file or of its package, never a path. */
  name: z.string(),
  /** The version of its package; absent for a file. */
  version: z.string().optional(),
  /** Sixteen hex digits of a hash of its code. */
  digest: z.string(),
});
export type PluginRecord = z.infer<typeof pluginRecord>;
