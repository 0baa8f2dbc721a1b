import { basename, join } from 'node:path';
import { backends } from '../../backends/index.ts';
import {
  datasets,
  type DatasetRequest,
  openDataset,
  type PreparedData,
  unlikePublished,
} from '../../datasets/index.ts';
import { UserError } from '../../base/user-error.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { atChosenRates } from '../../analysis/comparisons/chosen-rate.ts';
import { baseline } from '../../analysis/comparisons/comparable.ts';
import { machineText } from '../../results/hardware.ts';
import type { RunRecord } from '../../results/record.ts';
import { openStore } from '../../results/store.ts';
import { maxRowsKept } from '../../results/test-scores.ts';
import { findNamed } from '../../base/find-named.ts';
import { practiceOf } from '../../harness/contract/training-practice.ts';
import { choosingSeed } from '../../analysis/comparisons/chosen-rate.ts';
import { equalComputeJobs } from '../equal-compute.ts';
import { findMethod } from '../find-method.ts';
import { expectedRuns, referenceJobs, referenceMethods, truncationReference } from '../references.ts';
import { firstRatio, nextJobs, searched } from '../target-search.ts';
import { describeEnvironment, describeMethods } from './environment.ts';
import { expand, hashOf, type Job } from '../job.ts';
import { clearCheckpoints } from '../checkpoints/checkpoint-names.ts';
import { clearShelf } from '../stages/shelf-room.ts';
import { sharedStages } from '../stages/shared-stages.ts';
import { memoryLimit } from './memory-limit.ts';
import { keepRowNoise } from './keep-row-noise.ts';
import { requireWritable } from './recording-folder.ts';
import { isTriedAgain, runAll, type Watch } from './run-all.ts';
import type { ComparisonSettings } from '../settings.ts';

export interface ComparisonOptions {
  /** The folder of the recording; by default a folder under results/ named after the settings, so that the same command resumes. */
  readonly out?: string;
  readonly command: string;
  readonly concurrency: number;
  readonly force: boolean;
  /** Bytes of disk for stages that several runs train alike, so that one of them does; 0: every run trains its own. */
  readonly stageBytes: number;
  /** Milliseconds of training from one checkpoint to the next; a run that is interrupted begins anew if absent. */
  readonly checkpointMs?: number;
  /** Bytes of memory that the runs at the same time may take together; those of the machine if absent. */
  readonly memoryBytes?: number;
  /** True to store the scores of the test rows of every run; by default they are stored up to `maxRowsKept` rows. */
  readonly scores?: boolean;
  readonly signal: AbortSignal;
  readonly preparation: Pick<DatasetRequest, 'onProgress' | 'onMessage'>;
  /** Called before the first run starts; environment.json is in the recording's folder by then. */
  watch(begun: Begun): Watch;
}

/** A recording whose data are prepared. */
export interface Begun {
  readonly directory: string;
  readonly dataset: RunRecord['dataset'];
  /** The number of runs that references add to those of the methods. */
  readonly referenceRuns: number;
  /** The methods that are compared at a budget, references that are methods among them. */
  readonly compared: number;
  /** The methods whose largest free compression is searched for; 0 without a search. */
  readonly searches: number;
}

export interface Comparison {
  readonly directory: string;
  readonly records: readonly RunRecord[];
  /** True if a run failed. A diverged trial does not count if another learning rate was chosen. */
  readonly failed: boolean;
}

/** Turns settings into recorded runs: prepares the data, expands the jobs, runs those without a result. */
export async function runComparison(
  settings: ComparisonSettings,
  options: ComparisonOptions,
): Promise<Comparison> {
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
    const name = `${set.target ? 'target' : set.suite}-${data.name}-${hashOf(named).slice(0, 8)}`;
    const directory = options.out ?? join('results', name);
    const recording = basename(directory);
    const store = openStore(directory, { goneHosts: request.goneHosts });
    const stagesIn = join(request.cache, 'stages');
    clearShelf(stagesIn);
    const clear = () =>
      clearCheckpoints(join(directory, 'checkpoints'), (run) => {
        const record = store.latest(run);
        return record !== undefined && !options.force && !isTriedAgain(record);
      });
    try {
      const practice = practiceOf(asked[0]);
      const environment = {
        ...(await describeEnvironment(recording, options.command, backend, data)),
        methods: describeMethods(jobs.map(({ method }) => method)),
        ...(settings.count && { count: settings.count }),
        ...(settings.references && { references: referenceMethods(settings, trainable) }),
        ...(set.target && { target: set.target }),
        ...(Object.keys(practice).length > 0 && { training: practice }),
      };
      store.writeEnvironment(environment);
      const { name, protocol, fingerprint, rows } = data;
      const dataset = { name, protocol, fingerprint, rows };
      const asksFor = new Set(asked.map(({ id }) => id));
      const referenceRuns = expectedRuns(references.filter(({ id }) => !asksFor.has(id)));
      const prepared = { dataset: source.name, request: { ...request, verifiedSeal: data.seal } };
      const shelf = {
        ...{ folder: stagesIn, limit: options.stageBytes },
        ...(options.force && { notBefore: Date.now() }),
      };
      const checkpoints = options.checkpointMs !== undefined && {
        folder: join(directory, 'checkpoints'),
        everyMs: options.checkpointMs,
        ...(options.force && { notBefore: Date.now() }),
      };
      const stages = await sharedStages(jobs, prepared, shelf, options.signal);
      const runner = {
        assignment: {
          ...{ ...prepared, fingerprint },
          memoryBytes: Math.floor((options.memoryBytes ?? memoryLimit()) / options.concurrency),
          ...(checkpoints && { checkpoints }),
          ...((options.scores ?? data.rows.test <= maxRowsKept) && { scoresIn: directory }),
        },
        ...(stages && { stages }),
        dataset,
        recording,
        machine: machineText(environment),
        threads: backend.threads,
        store,
        concurrency: options.concurrency,
        force: options.force,
        signal: options.signal,
        watch: options.watch({
          ...{ directory, dataset, referenceRuns, compared: methodsCompared(jobs) },
          searches: set.target ? searched(set).length : 0,
        }),
      };
      clear();
      let records = await runAll({ ...runner, jobs });
      for (let round = 1; ; round++) {
        const further = furtherJobs(set, records, data.fingerprint, round);
        if (further.length === 0) break;
        const before = records.length;
        const expect = (total: number) => runner.watch.expect(before + total);
        const more = await runAll({ ...runner, jobs: further, watch: { ...runner.watch, expect } });
        records = [...records, ...more];
      }
      keepRowNoise(directory);
      return { directory, records, failed: anyFailed(records) };
    } finally {
      clearShelf(stagesIn); // a run may have been killed
      clear();
      store.close();
    }
  } finally {
    data.close();
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

/** The jobs that follow from what was recorded: further ratios of a search, or the uncompressed tables with equal compute, once. */
function furtherJobs(
  settings: ComparisonSettings,
  records: readonly RunRecord[],
  dataFingerprint: string,
  round: number,
): Job[] {
  const { target, equalCompute } = settings;
  if (target) return nextJobs(settings, target, records, dataFingerprint);
  return equalCompute && round === 1 ? equalComputeJobs(settings, records, dataFingerprint) : [];
}

/** The methods of the budget that has most of them: runs under settings of their own are not compared. */
function methodsCompared(jobs: readonly Job[]): number {
  const names = new Map<number, Set<string>>();
  for (const { reference, compression, method, options } of jobs)
    if (reference === undefined && method !== baseline) {
      const at = names.get(compression) ?? new Set();
      names.set(compression, at.add(canonicalJson([method, options])));
    }
  return Math.max(0, ...[...names.values()].map(({ size }) => size));
}

function anyFailed(records: readonly RunRecord[]): boolean {
  const { runs, choices } = atChosenRates(records);
  const trials = choices.flatMap((choice) => choice.trials);
  return [...runs, ...trials.filter((run) => run.status === 'failed' && !run.diverged)].some(
    ({ status }) => status === 'failed',
  );
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
