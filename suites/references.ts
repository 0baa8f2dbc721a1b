import { choosingSeed } from '../analysis/comparisons/chosen-rate.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Data } from '../harness/contract/data.ts';
import type { OpenBackend } from '../harness/contract/backend.ts';
import { keyBytes } from '../harness/contract/keys.ts';
import { findMethod } from './find-method.ts';
import { findModel } from './find-model.ts';
import { expand, type Job } from './job.ts';
import type { ComparisonSettings, MethodSettings } from './settings.ts';

/** The methods that every comparison has as references, trained as all of its methods are. */
const alike = { without: 'no-ids', truncated: 'frequency-truncation' } as const;

/** The method that a search for the largest compression has as a reference beside those asked for. */
export const truncationReference: string = alike.truncated;

/** The name of the linear reference in records: that of its model. */
const linear = 'linear';

/**
 * The settings that train the linear model to its best: FTRL with a small beta, L2 and early stopping reach 0.760 with 2^18 buckets on the
 * Criteo sample, as a batch solver does (docs/training.md).
 */
const linearRecipe = {
  reference: linear,
  model: linear,
  modelOptions: {},
  optimizer: 'ftrl',
  optimizerOptions: { beta: 0.1, l2: 0 },
  learningRates: [0.1, 0.2, 0.4],
  l2Rows: 0.01,
  epochs: 15,
  patience: 3,
  decay: 'linear:0',
  warmUp: 0.05,
  batchSize: 256,
  batchOrder: 'shuffled',
  reduceOnPlateau: undefined,
  l2Network: undefined,
  dropout: undefined,
  average: undefined,
  ways: undefined,
} as const satisfies Partial<ComparisonSettings>;

/** The facts of data and backend that decide which references can be trained. */
export interface Trainable {
  readonly denseFields: Data['denseFields'];
  readonly lacksRules: OpenBackend['lacksRules'];
}

/**
 * The methods that stand as references: dense features alone, if the log has any, and truncation, if a method is asked for at a
 * budget. They are trained with the settings of the comparison.
 */
export function referenceMethods(settings: ComparisonSettings, { denseFields }: Trainable): string[] {
  if (!settings.references) return [];
  return [
    ...(denseFields.length > 0 ? [alike.without] : []),
    ...(hasBudgets(settings) ? [alike.truncated] : []),
  ];
}

/** The jobs of references that are not among the methods asked for, shared by all methods of the comparison. */
export function referenceJobs(
  settings: ComparisonSettings,
  trainable: Trainable,
  dataFingerprint: string,
): Job[] {
  if (!settings.references) return [];
  const added = referenceMethods(settings, trainable).map(withDefaults);
  const own = { ...settings, methods: added, baseline: false };
  return [
    ...(added.length > 0 ? expand(own, dataFingerprint) : []),
    ...linearSettings(settings, trainable).flatMap((one) => expand(one, dataFingerprint)),
  ];
}

/**
 * The linear model, with a float for every id, and hashed to every budget that this does not fit. Budgets are those of the
 * comparison, in bytes: at dim 16, all ids fit at 16x. Validation chooses one learning rate for all sizes. None beside a linear model, and none if the backend lacks FTRL.
 */
function linearSettings(settings: ComparisonSettings, { lacksRules = [] }: Trainable): ComparisonSettings[] {
  const model = findModel(linearRecipe.model);
  if (findModel(settings.model) === model || lacksRules.includes(linearRecipe.optimizer)) return [];
  const shared = { ...settings, ...linearRecipe, dim: 1, baseline: false };
  const keys = settings.count === 'keys' ? keyBytes(1) : 0;
  const share = (4 + keys) / (4 * settings.dim + keys);
  const compressions = settings.compressions.map((ratio) => ratio * share).filter((ratio) => ratio > 1);
  return [
    { ...shared, methods: [withDefaults('full')], compressions: [] },
    ...(hasBudgets(settings) && compressions.length > 0
      ? // The learning rate is that which validation chooses for the first, not this one.
        [
          {
            ...{ ...shared, learningRates: linearRecipe.learningRates.slice(0, 1) },
            ...{ methods: [withDefaults('hashing-trick')], compressions },
          },
        ]
      : []),
  ];
}

/** The number of runs of so many jobs, if no grid is extended: trials, and every layer once with each seed that is reported. */
export function expectedRuns(jobs: readonly Job[]): number {
  const keyOf = ({ method, compression, seed, learningRate, reference }: Job) =>
    canonicalJson([reference, method, compression, seed, seed === choosingSeed ? learningRate : undefined]);
  return new Set(jobs.map(keyOf)).size;
}

/** True if a method is asked for at the ratios of the comparison. */
function hasBudgets({ methods }: ComparisonSettings): boolean {
  return methods
    .map(({ name }) => findMethod(name))
    .some(({ name, ignoresIds }) => name !== 'full' && !ignoresIds);
}

const withDefaults = (name: string): MethodSettings => ({ name, options: {} });
