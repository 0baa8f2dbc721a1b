import { createHash } from 'node:crypto';
import { z } from 'zod';
import { backends } from '../backends/index.ts';
import type { TrainingApproximation } from '../harness/contract/training-approximation.ts';
import { UserError } from '../base/user-error.ts';
import type { Method } from '../harness/contract/method.ts';
import { alternatives, findNamed } from './catalogue.ts';
import { findModel } from './find-model.ts';
import { findMethod } from './find-method.ts';
import type { ComparisonSettings, MethodSettings } from './settings.ts';

/** A method with its options, all of them, and the compression that it is asked for. */
export type MethodAtRatio = Pick<Job, 'method' | 'options' | 'compression'>;

/** One run, as handed to its process. */
export interface Job
  extends
    TrainingApproximation,
    Pick<
      ComparisonSettings,
      | 'model'
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
  /** Depends on what decides the numbers, data included, and on nothing else. */
  readonly id: string;
  readonly method: string;
  readonly options: Record<string, unknown>;
  readonly modelOptions: Record<string, unknown>;
  readonly compression: number;
  readonly seed: number;
  readonly learningRate: number;
}

/**
 * Every method at every ratio with every seed, learning rate and way of training, the baseline first; seed by seed, so
 * that stopping early leaves whole comparisons behind. Names become canonical, so that aliases give the same ids. Not all of
 * them will run: see `rounds`. Throws a UserError for unknown names and options.
 */
export function expand(settings: ComparisonSettings, dataFingerprint: string): Job[] {
  const asked = methodsAtRatios(settings);
  const { dim, batchSize, batchOrder, epochs, optimizer, learningRates, threads, count, hostRows } = settings; // prettier-ignore
  const model = findModel(settings.model);
  const shared = {
    model: model.name,
    modelOptions: parseOptions(model, settings.modelOptions),
    ...{ dim, batchSize, batchOrder, epochs, optimizer },
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
          return { id: hashOf(hashedWith(run.modelOptions, { dataFingerprint, ...run })), ...run };
        }),
      ),
    ),
  );
  return [...new Map(jobs.map((job) => [job.id, job])).values()]; // --method md,md asks once
}

/**
 * Every method at every ratio, `full` once and uncompressed, and first where it is the baseline that nobody asked for. Throws a
 * UserError for unknown names and options.
 */
export function methodsAtRatios({
  methods,
  compressions,
  baseline,
}: Pick<ComparisonSettings, 'methods' | 'compressions' | 'baseline'>): MethodAtRatio[] {
  const asked = methods.flatMap(({ name, options }) => {
    const method = findMethod(name);
    const parsed = parseOptions(method, options);
    const ratios = method.name === 'full' ? [1] : compressions;
    return ratios.map((compression) => ({ method: method.name, options: parsed, compression }));
  });
  const hasFull = asked.some(({ method }) => method === 'full');
  return baseline && !hasFull ? [{ method: 'full', options: {}, compression: 1 }, ...asked] : asked;
}

/**
 * Settings as they are hashed: the model's options stand among them, where its widths have always stood, so that runs keep
 * their ids.
 */
export function hashedWith(
  modelOptions: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  for (const name of Object.keys(modelOptions))
    if (name in settings) throw new Error(`a model's option ${name} has the name of a setting of runs`);
  return { ...settings, ...modelOptions, modelOptions: undefined };
}

/** The options of a method or model with the defaults filled in. Throws a UserError for those that it does not have. */
export function parseOptions(
  method: Pick<Method, 'name' | 'options'>,
  options: MethodSettings['options'],
): Record<string, unknown> {
  const parsed = method.options.safeParse(options);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const known = method.options instanceof z.ZodObject ? Object.keys(method.options.shape) : [];
  if (known.length === 0) throw new UserError(`${method.name} has no options: leave --set out`);
  const [issue] = parsed.error.issues;
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    throw new UserError(`${method.name} has no option "${key}": there are ${alternatives(known, key)}`);
  }
  throw new UserError(`--set ${method.name}.${issue.path.join('.')}: ${issue.message}`);
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
