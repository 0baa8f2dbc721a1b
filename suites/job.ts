import { createHash } from 'node:crypto';
import { z } from 'zod';
import { optimizerRules } from '../harness/contract/backend.ts';
import type { Method } from '../harness/contract/method.ts';
import { optimizers } from '../harness/optimizers/index.ts';
import type { ComparisonSettings } from './settings.ts';

/** One run, as handed to its process. */
export const job = z.strictObject({
  id: z.string(),
  method: z.string(),
  options: z.record(z.string(), z.unknown()),
  compression: z.number(),
  seed: z.int(),
  model: z.string(),
  bottom: z.array(z.int()),
  top: z.array(z.int()),
  dim: z.int(),
  batchSize: z.int(),
  batchOrder: z.enum(['log', 'shuffled']),
  epochs: z.int(),
  optimizer: z.enum(optimizerRules),
  learningRate: z.number(),
  backend: z.string(),
  threads: z.int().optional(),
});
export type Job = z.infer<typeof job>;

/**
 * Every method at every ratio with every seed, the baseline first; seed by seed, so that stopping early leaves whole
 * comparisons behind. The id depends on what decides the numbers, data included, and on nothing else.
 */
export function expand(
  settings: ComparisonSettings,
  dataFingerprint: string,
  findMethod: (name: string) => Method,
): Job[] {
  const asked = settings.methods.flatMap(({ name, options }) => {
    const method = findMethod(name);
    const compressions = method.name === 'full' ? [1] : settings.compressions;
    return compressions.map((compression) => ({ method, options, compression }));
  });
  const hasFull = asked.some(({ method }) => method.name === 'full');
  if (settings.baseline && !hasFull)
    asked.unshift({ method: findMethod('full'), options: {}, compression: 1 });
  return settings.seeds.flatMap((seed) =>
    asked.map(({ method, options, compression }) => {
      const run = {
        method: method.name,
        options: method.options.parse(options) as Record<string, unknown>,
        compression,
        seed,
        model: settings.model,
        bottom: settings.bottom,
        top: settings.top,
        dim: settings.dim,
        batchSize: settings.batchSize,
        batchOrder: settings.batchOrder,
        epochs: settings.epochs,
        optimizer: settings.optimizer,
        learningRate: settings.learningRate ?? optimizers[settings.optimizer].learningRate,
        backend: settings.backend,
        threads: settings.threads,
      };
      return { id: hashOf({ dataFingerprint, ...run }), ...run };
    }),
  );
}

/** Sixteen hex digits of the SHA-256 of canonical JSON (keys sorted, undefined left out). */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
