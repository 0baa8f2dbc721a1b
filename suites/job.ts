import { createHash } from 'node:crypto';
import { choosingSeed } from '../analysis/comparisons/chosen-rate.ts';
import { backends } from '../backends/index.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { findNamed } from '../base/find-named.ts';
import { parseOptions } from '../base/parse-options.ts';
import type { TrainingApproximation } from '../harness/contract/training-approximation.ts';
import { type TrainingPractice, practiceOf } from '../harness/contract/training-practice.ts';
import { UserError } from '../base/user-error.ts';
import { originsOf, type PluginIdentity } from '../plugins/index.ts';
import { findModel, widthUnder } from './find-model.ts';
import { changedOptions } from './optimizer-options.ts';
import { requirePractice } from './required-practice.ts';
import { findMethod } from './find-method.ts';
import type { ComparisonSettings } from './settings.ts';

/** A method with all of its options, and the compression that it is asked for. */
export type MethodAtRatio = Pick<Job, 'method' | 'options' | 'compression'>;

/** One run, as its process gets it. */
export interface Job
  extends
    TrainingApproximation,
    TrainingPractice,
    Pick<
      ComparisonSettings,
      | 'model'
      | 'reference'
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
  readonly modelOptions: Record<string, unknown>;
  readonly compression: number;
  readonly seed: number;
  readonly learningRate: number;
  /** The plug-ins that its method, model and data set came from; absent if all are this project's. Other code is another run. */
  readonly plugins?: readonly PluginIdentity[];
}

/**
 * Every method at every ratio with every seed, learning rate and training approximation, the baseline first. The jobs are
 * ordered by seed, so that an early stop leaves whole comparisons; if there are several learning rates, the seed that chooses among
 * them comes before the others. Names become canonical, so that aliases give the same ids. Some of the jobs will not run: see
 * `batchesOfJobs`. Throws a UserError for unknown names and options.
 */
export function expand(settings: ComparisonSettings, dataFingerprint: string): Job[] {
  const asked = methodsAtRatios(settings);
  const { dim, batchSize, batchOrder, epochs, optimizer, learningRates, threads, count, hostRows } = settings; // prettier-ignore
  const model = findModel(settings.model);
  const shared = {
    model: model.name,
    modelOptions: parseOptions(model, settings.modelOptions) as Record<string, unknown>,
    dim: widthUnder(model, dim),
    ...{ batchSize, batchOrder, epochs, optimizer },
    backend: findNamed(backends, 'backend', settings.backend).name,
    threads,
    ...(count && { count }),
    ...(hostRows && { hostRows }),
    ...practiceOf({
      ...settings,
      optimizerOptions: changedOptions(optimizer, settings.optimizerOptions ?? {}),
    }),
  };
  requirePractice(settings);
  const ways = settings.ways ?? [{}];
  if (model.withoutLayers && ways.some((way) => way.activations ?? way.gradients))
    throw new UserError(
      `${model.name} has no dense layers to approximate: leave --gradients and --activations out`,
    );
  if (model.withoutLayers && settings.dropout !== undefined)
    throw new UserError(`${model.name} has no hidden layers: leave --dropout out`);
  const seeds = learningRates.length > 1 ? [choosingSeed, ...settings.seeds] : settings.seeds;
  const jobs = seeds.flatMap((seed) =>
    asked.flatMap((what) => {
      const reference = findMethod(what.method).ignoresIds ? what.method : settings.reference;
      const plugins = originsOf({ method: what.method, model: model.name, dataset: settings.dataset });
      const run = { ...what, seed, ...shared, ...(reference && { reference }), ...(plugins && { plugins }) };
      return ways.flatMap((way) =>
        learningRates.map((learningRate) => identified({ ...run, learningRate, ...way }, dataFingerprint)),
      );
    }),
  );
  return [...new Map(jobs.map((job) => [job.id, job])).values()]; // --method md,md asks once
}

/** The same job at another learning rate. */
export function withRate(job: Job, learningRate: number, dataFingerprint: string): Job {
  return identified({ ...job, learningRate }, dataFingerprint);
}

function identified(run: Omit<Job, 'id'>, dataFingerprint: string): Job {
  const hashed = hashedWith(run.modelOptions, { dataFingerprint, ...run, id: undefined });
  return { ...run, id: hashOf(hashed) };
}

/**
 * Every method at every ratio; `full` once, uncompressed, and first if it is the baseline. Throws a UserError for unknown names and
 * options.
 */
export function methodsAtRatios({
  methods,
  compressions,
  baseline,
}: Pick<ComparisonSettings, 'methods' | 'compressions' | 'baseline'>): MethodAtRatio[] {
  const asked = methods.flatMap(({ name, options }) => {
    const method = findMethod(name);
    const parsed = parseOptions(method, options) as Record<string, unknown>;
    const ratios = method.name === 'full' || method.ignoresIds ? [1] : compressions;
    return ratios.map((compression) => ({ method: method.name, options: parsed, compression }));
  });
  const hasFull = asked.some(({ method }) => method === 'full');
  return baseline && !hasFull ? [{ method: 'full', options: {}, compression: 1 }, ...asked] : asked;
}

/**
 * The settings that a run's id is a hash of. The model's options stand among them, in the place that DLRM's widths had before there were
 * other models, so that runs keep their ids.
 */
export function hashedWith(
  modelOptions: Record<string, unknown>,
  settings: Record<string, unknown>,
): Record<string, unknown> {
  const others = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'modelOptions'));
  for (const name of Object.keys(modelOptions))
    if (name in others) throw new Error(`a model's option ${name} has the name of a setting of runs`);
  return { ...others, ...modelOptions };
}

/** Sixteen hex digits of the SHA-256 of canonical JSON (keys sorted, undefined left out). */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}
