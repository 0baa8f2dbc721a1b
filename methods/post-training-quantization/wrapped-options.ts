import { z } from 'zod';
import type { Method } from '../../harness/contract/method.ts';

/**
 * Options of a wrapped method: the wrapper's own beside the method's, all under their own names. Throws where both have
 * one of the same name: `--set` could not tell them apart.
 */
export function wrappedOptions<Own extends z.ZodObject>(
  own: Own,
  { name, options }: Pick<Method, 'name' | 'options'>,
): z.ZodType<z.infer<Own> & Record<string, unknown>> {
  if (!(options instanceof z.ZodObject)) throw new Error(`the options of ${name} are no z.strictObject`);
  const shared = Object.keys(own.shape).filter((key) => key in options.shape);
  if (shared.length > 0) throw new Error(`${name} has an option of the same name: ${shared.join(', ')}`);
  return options.safeExtend(own.shape) as unknown as z.ZodType<z.infer<Own> & Record<string, unknown>>;
}
