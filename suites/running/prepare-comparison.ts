import { basename, join } from 'node:path';
import { choosingSeed } from '../../analysis/comparisons/chosen-rate.ts';
import { backends } from '../../backends/index.ts';
import { findNamed } from '../../base/find-named.ts';
import { UserError } from '../../base/user-error.ts';
import {
  datasets,
  type DatasetRequest,
  openDataset,
  type PreparedData,
  unlikePublished,
} from '../../datasets/index.ts';
import { practiceOf } from '../../harness/contract/training-practice.ts';
import type { TrainingEnvironment } from '../../results/environment.ts';
import type { RunRecord } from '../../results/record.ts';
import { maxRowsKept } from '../../results/test-scores.ts';
import { findMethod } from '../find-method.ts';
import { expand, hashOf, type Job } from '../job.ts';
import { referenceJobs, referenceMethods, truncationReference } from '../references.ts';
import type { ComparisonSettings } from '../settings.ts';
import type { PreparedLog } from './plan-process.ts';
import { firstRatio, searched } from '../target-search.ts';
import { describeEnvironment, describeMethods } from './environment.ts';
import { requireWritable } from './recording-folder.ts';

/** How a comparison is prepared. */
export interface Preparing {
  /** The folder of the recording; by default a folder under results/ named after the settings, so that the same command resumes. */
  readonly out?: string;
  readonly command: string;
  /** The user's text about the recording. */
  readonly note?: string;
  readonly concurrency: number;
  /** True to store the scores of the test rows of every run; by default they are stored up to `maxRowsKept` rows. */
  readonly scores?: boolean;
  readonly preparation: Pick<DatasetRequest, 'onProgress' | 'onMessage'>;
}

/** A comparison of which all is known before the first run. It can be written as JSON. */
export interface PreparedComparison {
  /** The folder of the recording. */
  readonly directory: string;
  /** The settings, with what backend and data decide: threads, the first ratio of a search. */
  readonly set: ComparisonSettings;
  /** Every job that may run (`batchesOfJobs` chooses), references among them. */
  readonly jobs: readonly Job[];
  /** The jobs of references that nobody asked for as methods. */
  readonly references: readonly Job[];
  readonly log: PreparedLog;
  /** The folder of the prepared data. */
  readonly preparedIn: string;
  readonly dataset: RunRecord['dataset'];
  readonly environment: TrainingEnvironment;
  readonly keepsScores: boolean;
}

/** Prepares the data and expands the jobs. The caller closes the data. Throws a UserError for mistakes in the settings. */
export async function prepareComparison(
  settings: ComparisonSettings,
  options: Preparing,
): Promise<{ readonly prepared: PreparedComparison; readonly data: PreparedData }> {
  const { request } = settings;
  const source = findNamed(datasets, 'data set', settings.dataset);
  const backend = await findNamed(backends, 'backend', settings.backend).open({
    threads: settings.threads,
    processes: options.concurrency,
  });
  // Mistakes in the settings and the folder are reported before hours of preparation.
  expand(settings, '');
  requireWritable(options.out ?? 'results');
  const data = await openDataset(source, { ...request, ...options.preparation });
  try {
    requireBothClasses(data);
    requireDense(settings, data);
    const { origin, published } = data.facts;
    if (published?.startsWith(unlikePublished))
      options.preparation.onMessage?.(`${data.name}, ${origin}: ${published}`);
    const { lacksRules } = backend;
    const lacking = (lacksRules ?? []).length > 0;
    // Rows are on the host only if the backend lacks a rule: otherwise the flag changes nothing, and no id.
    const hostRows = (lacking && settings.hostRows) || undefined;
    const set = searchedFrom({ ...settings, threads: backend.threads, hostRows });
    const asked = expand(set, data.fingerprint);
    const trainable = { denseFields: data.denseFields, lacksRules };
    const references = referenceJobs(
      set.target ? { ...set, compressions: [] } : set, // a search has no budgets that references could have
      trainable,
      data.fingerprint,
    );
    const jobs = [...new Map([...asked, ...references].map((job) => [job.id, job])).values()];
    // Neither references nor the seed that chooses learning rates give a recording another name.
    const naming = asked.filter(({ seed }) => seed !== choosingSeed).map(({ id }) => id);
    const named = set.target ? [...naming, set.target] : naming;
    const title = `${set.target ? 'target' : set.suite}-${data.name}-${hashOf(named).slice(0, 8)}`;
    const directory = options.out ?? join('results', title);
    const recording = basename(directory);
    const practice = practiceOf(asked[0]);
    const environment = {
      ...(await describeEnvironment(recording, options.command, backend, data)),
      ...(options.note !== undefined && { note: options.note }),
      methods: describeMethods(jobs.map(({ method }) => method)),
      ...(settings.count && { count: settings.count }),
      ...(settings.references && { references: referenceMethods(settings, trainable) }),
      ...(set.target && { target: set.target }),
      ...(Object.keys(practice).length > 0 && { training: practice }),
    };
    const { name, protocol, fingerprint, rows } = data;
    const asksFor = new Set(asked.map(({ id }) => id));
    const prepared = {
      ...{ directory, set, jobs, environment },
      references: references.filter(({ id }) => !asksFor.has(id)),
      log: { dataset: source.name, request: { ...request, verifiedSeal: data.seal } },
      ...{ dataset: { name, protocol, fingerprint, rows }, preparedIn: data.directory },
      keepsScores: options.scores ?? data.rows.test <= maxRowsKept,
    };
    return { prepared, data };
  } catch (error) {
    data.close();
    throw error;
  }
}

/** The settings of the first round of a search: every method at the same ratio, and truncation beside them as a reference. */
function searchedFrom(settings: ComparisonSettings): ComparisonSettings {
  const { target, methods, references } = settings;
  if (target === undefined) return settings;
  const beside = references ? [{ name: truncationReference, options: {} }] : [];
  const all = { methods: [...methods, ...beside] };
  return {
    ...settings,
    methods: [...methods.filter((one) => !searched({ methods: [one] }).length), ...searched(all)],
    compressions: [firstRatio(target)],
  };
}

/** Throws a UserError if a method that learns from dense features alone is asked for, and the log has none. */
function requireDense({ methods }: ComparisonSettings, { name, denseFields }: PreparedData): void {
  const blind = methods.map((method) => findMethod(method.name)).find(({ ignoresIds }) => ignoresIds);
  if (blind !== undefined && denseFields.length === 0)
    throw new UserError(
      `${blind.name}: ${name} has no dense features, so that nothing is left to learn from; leave it out`,
    );
}

/** Throws a UserError if the validation or test part has only clicks or none, of rows that weigh anything: it has no AUC. */
function requireBothClasses(data: PreparedData): void {
  const { name, facts, rows } = data;
  for (const part of ['validation', 'test'] as const) {
    const weights = data.weights?.(part);
    const labels = weights && data.labels(part).filter((_, row) => weights[row] > 0);
    const rate = labels
      ? labels.filter((label) => label === 1).length / labels.length
      : facts.clickRate[part];
    if (rate > 0 && rate < 1) continue;
    const counted = labels
      ? `${labels.length} of ${rows[part]} rows with a weight above 0`
      : `${rows[part]} rows`;
    const what = `${counted}, ${rate === 1 ? 'all' : 'none'} of them clicks`;
    const everywhere = Object.values(facts.clickRate).every((other) => other === rate);
    const advice = everywhere
      ? `every row of the log has the label ${rate}: check which values are clicks`
      : 'give more rows, or --protocol random';
    throw new UserError(`${name}: the ${part} part has ${what}: AUC needs both; ${advice}`);
  }
}
