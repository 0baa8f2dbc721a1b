import { join } from 'node:path';
import { atChosenRates } from '../../analysis/comparisons/chosen-rate.ts';
import { baseline } from '../../analysis/comparisons/comparable.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { readEnvironment } from '../../results/environment-file.ts';
import { machinesOf, machineText } from '../../results/hardware.ts';
import type { RunRecord } from '../../results/record.ts';
import { openStore } from '../../results/store.ts';
import { furtherJobs } from '../further-jobs.ts';
import type { Job } from '../job.ts';
import { expectedRuns } from '../references.ts';
import { clearCheckpoints } from '../checkpoints/checkpoint-names.ts';
import type { ComparisonSettings } from '../settings.ts';
import { sharedStages } from '../stages/shared-stages.ts';
import { clearShelf } from '../stages/shelf-room.ts';
import { searched } from '../target-search.ts';
import { keepRowNoise } from './keep-row-noise.ts';
import { memoryLimit } from './memory-limit.ts';
import { prepareComparison, type Preparing } from './prepare-comparison.ts';
import { isTriedAgain, runAll, type Watch } from './run-all.ts';

export interface ComparisonOptions extends Preparing {
  readonly force: boolean;
  /** Bytes of disk for stages that several runs train alike, so that one of them does; 0: every run trains its own. */
  readonly stageBytes: number;
  /** Milliseconds of training from one checkpoint to the next; a run that is interrupted begins anew if absent. */
  readonly checkpointMs?: number;
  /** True: every run keeps its trained model, in models/ of the recording's folder. */
  readonly keepModels?: boolean;
  /** Bytes of memory that the runs at the same time may take together; those of the machine if absent. */
  readonly memoryBytes?: number;
  readonly signal: AbortSignal;
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
  /** Other kinds of machines that the recording has runs of, in words. */
  readonly otherMachines: readonly string[];
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
  const { prepared: comparison, data } = await prepareComparison(settings, options);
  try {
    const { directory, environment, dataset, jobs, set, log, keepsScores, references } = comparison;
    const store = openStore(directory, { goneHosts: settings.request.goneHosts });
    const stagesIn = join(settings.request.cache, 'stages');
    clearShelf(stagesIn);
    const clear = () =>
      clearCheckpoints(join(directory, 'checkpoints'), (run) => {
        const record = store.latest(run);
        return record !== undefined && !options.force && !isTriedAgain(record);
      });
    try {
      store.writeEnvironment(environment);
      const machine = machineText(environment);
      const known = machinesOf(readEnvironment(directory)!).map(machineText);
      const shelf = {
        ...{ folder: stagesIn, limit: options.stageBytes },
        ...(options.force && { notBefore: Date.now() }),
      };
      const checkpoints = options.checkpointMs !== undefined && {
        folder: join(directory, 'checkpoints'),
        everyMs: options.checkpointMs,
        ...(options.force && { notBefore: Date.now() }),
      };
      const stages = await sharedStages(jobs, log, shelf, options.signal);
      const runner = {
        assignment: {
          ...{ ...log, fingerprint: data.fingerprint },
          memoryBytes: Math.floor((options.memoryBytes ?? memoryLimit()) / options.concurrency),
          ...(checkpoints && { checkpoints }),
          ...(keepsScores && { scoresIn: directory }),
          ...(options.keepModels && { modelsIn: join(directory, 'models') }),
        },
        ...(stages && { stages }),
        dataset,
        recording: environment.recording,
        machine,
        threads: environment.backend.threads,
        store,
        concurrency: options.concurrency,
        force: options.force,
        signal: options.signal,
        watch: options.watch({
          ...{ directory, dataset, referenceRuns: expectedRuns(references), compared: methodsCompared(jobs) },
          searches: set.target ? searched(set).length : 0,
          otherMachines: known.filter((one) => one !== machine),
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
