import { createHash } from 'node:crypto';
import { backends } from '../backends/index.ts';
import type { Way } from '../harness/contract/way.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { models } from '../harness/models/index.ts';
import { findNamed } from '../base/find-named.ts';
import { parseOptions } from '../base/parse-options.ts';
import { findMethod } from './find-method.ts';
import type { ComparisonSettings } from './settings.ts';

/** One run, as its process gets it. */
export interface Job
  extends
    Way,
    Pick<
      ComparisonSettings,
      | 'model'
      | 'bottom'
      | 'top'
      | 'dim'
      | 'batchSize'
      | 'batchOrder'
      | 'epochs'
      | 'optimizer'
      | 'hostRows'
      | 'count'
      | 'backend'
      | 'threads'
    > {
  /** A hash of everything that decides the numbers, data included, and of nothing else. */
  readonly id: string;
  readonly method: string;
  readonly options: Record<string, unknown>;
  readonly compression: number;
  readonly seed: number;
  readonly learningRate: number;
}

/**
 * Every method at every ratio with every seed, learning rate and training approximation, the baseline first. The jobs are
 * ordered by seed, so that an early stop leaves whole comparisons. Names become canonical, so that aliases give the same ids.
 * Not all of the jobs will run: see `batchesOfJobs`. Throws a UserError for unknown names and options.
 */
export function expand(settings: ComparisonSettings, dataFingerprint: string): Job[] {
  const asked = settings.methods.flatMap(({ name, options }) => {
    const method = findMethod(name);
    const parsed = parseOptions(method.name, method.options, options) as Record<string, unknown>;
    const compressions = method.name === 'full' ? [1] : settings.compressions;
    return compressions.map((compression) => ({ method: method.name, options: parsed, compression }));
  });
  if (settings.baseline && asked.every(({ method }) => method !== 'full'))
    asked.unshift({ method: 'full', options: {}, compression: 1 });

  const { bottom, top, dim, batchSize, batchOrder, epochs, optimizer, learningRates, threads, count, hostRows } = settings; // prettier-ignore
  const shared = {
    model: findNamed(models, 'model', settings.model).name,
    ...{ bottom, top, dim, batchSize, batchOrder, epochs, optimizer },
    backend: findNamed(backends, 'backend', settings.backend).name,
    threads,
    ...(count && { count }),
    ...(hostRows && { hostRows }),
  };
  const ways = settings.ways ?? [{}];
  const jobs = settings.seeds.flatMap((seed) =>
    asked.flatMap((what) =>
      ways.flatMap((way) =>
        learningRates.map((learningRate) => {
          const run = { ...what, seed, ...shared, learningRate, ...way };
          return { id: hashOf({ dataFingerprint, ...run }), ...run };
        }),
      ),
    ),
  );
  return [...new Map(jobs.map((job) => [job.id, job])).values()]; // --method md,md asks once
}

/** Sixteen hex digits of the SHA-256 of canonical JSON (keys sorted, undefined left out). */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}
