import { canonicalJson } from '../base/canonical-json.ts';
import { parseOptions } from '../base/parse-options.ts';
import { UserError } from '../base/user-error.ts';
import { findNamed } from '../base/find-named.ts';
import { type ActivationBits, exactBits } from '../harness/contract/activations.ts';
import { optimizerRules } from '../harness/contract/backend.ts';
import { parseGradients } from '../harness/contract/gradients.ts';
import { practiceOf, type TrainingPractice } from '../harness/contract/training-practice.ts';
import type { RunRecord } from '../results/record.ts';
import { findMethod } from './find-method.ts';
import { findModel, networkText } from './find-model.ts';
import { expand, type Job } from './job.ts';
import type { ComparisonSettings } from './settings.ts';

/**
 * The job that a record's settings are of, its id computed anew. `settings` are those of the recording's command: records have the
 * network in words, and the command has its options. Throws a UserError for a name or an option that does not exist, and for a
 * network that neither the command nor the model's defaults give.
 */
export function jobOf(run: RunRecord, settings: ComparisonSettings): Job {
  const { model, dim, batchSize, batchOrder, epochs, backend, threads, seed, learningRate, reference } = run;
  const method = findMethod(run.method);
  if (method.name !== run.method)
    throw new UserError(`its method is written ${run.method}; the name is ${method.name}`);
  if (canonicalJson(parseOptions(method, run.options)) !== canonicalJson(run.options))
    throw new UserError(`its options of ${method.name} are not all of them`);
  const jobs = expand(
    {
      ...{ suite: settings.suite, dataset: settings.dataset, request: settings.request },
      ...{ model, dim, batchSize, batchOrder, epochs, backend, threads },
      optimizer: findNamed(optimizerRules.map((name) => ({ name })), 'optimizer', run.optimizer).name, // prettier-ignore
      ...practiceOf(run as unknown as TrainingPractice),
      ...(reference !== undefined && { reference }),
      ...(run.count && { count: run.count }),
      ...(run.hostRows && { hostRows: run.hostRows }),
      modelOptions: modelOptionsOf(run, settings),
      methods: [{ name: run.method, options: run.options }],
      compressions: [run.compression.requested],
      seeds: [seed],
      learningRates: [learningRate],
      baseline: false,
      ways: [approximationOf(run)],
    },
    run.dataset.fingerprint,
  );
  return jobs[0];
}

/** The options that a record's network is described by. */
function modelOptionsOf(
  { model, network }: RunRecord,
  settings: ComparisonSettings,
): Record<string, unknown> {
  const found = findModel(model);
  const byDefault = parseOptions(found, {}) as Record<string, unknown>;
  const asked = findModel(settings.model) === found ? { ...settings.modelOptions } : byDefault;
  const options = [asked, byDefault].find((one) => networkText(model, one) === network);
  if (options === undefined)
    throw new UserError(`its network is "${network}", and the command gives "${networkText(model, asked)}"`);
  return options;
}

function approximationOf({ activations, gradients }: RunRecord) {
  const parsed = gradients === undefined ? undefined : parseGradients(gradients);
  return {
    ...(activations !== undefined &&
      activations !== exactBits && { activations: activations as ActivationBits }),
    ...(parsed !== undefined && parsed !== 'exact' && { gradients: parsed }),
  };
}
