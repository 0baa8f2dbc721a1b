import { compressionOf } from '../../results/counted-bytes.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Store } from '../../results/store.ts';
import { removeCheckpoints } from '../checkpoints/checkpoint-names.ts';
import { type Job, withRate } from '../job.ts';
import { batchesOfJobs } from '../rate-search.ts';
import { networkText } from '../find-model.ts';
import type { Progress } from '../../harness/training/train.ts';
import type { SharedStages } from '../stages/shared-stages.ts';
import { Turns } from '../stages/turns.ts';
import { runJob, type Ending } from './run-job.ts';
import type { Assignment } from './worker-protocol.ts';

export interface RunnerOptions {
  /** All jobs that may run; `batchesOfJobs` chooses among them. */
  readonly jobs: readonly Job[];
  readonly assignment: Omit<Assignment, 'job' | 'stages'>;
  /** No stage is shared if absent. */
  readonly stages?: SharedStages;
  readonly dataset: RunRecord['dataset'];
  readonly recording: string;
  /** The hardware in words, part of every record. */
  readonly machine: string;
  readonly threads: number;
  readonly store: Store;
  /** Runs at the same time. More than one disturbs the timings. */
  readonly concurrency: number;
  /** Repeats runs that are recorded already. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly watch: Watch;
  /** Stands in for a process in tests. */
  readonly run?: typeof runJob;
}

/** An observer of the runs, called in order. */
export interface Watch {
  /** The number of runs as far as it is known, finished ones included: see `JobBatch`. */
  expect(total: number): void;
  skipped(job: Job, record: RunRecord): void;
  started(job: Job): void;
  progress(job: Job, progress: Progress): void;
  finished(job: Job, record: RunRecord): void;
  /** A line about a run's checkpoints. */
  noted?(job: Job, line: string): void;
}

/**
 * Runs every job that has to run and has no result yet, each in its own process, and appends its record as soon as it ends. The
 * next call tries failed runs again, except those that diverged, and runs that were too large if it has more memory. Throws if `signal` aborts or the disk refuses a record, once
 * no process runs any more; finished runs are on disk by then.
 */
export async function runAll(options: RunnerOptions): Promise<RunRecord[]> {
  const records = new Map<string, RunRecord>();
  const { fingerprint } = options.dataset;
  const schedule = batchesOfJobs(options.jobs, (job, rate) => withRate(job, rate, fingerprint));
  for (let round = schedule.next(); !round.done; round = schedule.next(records)) {
    const { jobs, later } = round.value;
    options.watch.expect(records.size + jobs.length + later);
    await runRound(jobs, records, options);
  }
  const asked = options.jobs.flatMap(({ id }) => records.get(id) ?? []);
  return [...new Set([...asked, ...records.values()])]; // rates beyond the grid are the last
}

/** Runs those of the jobs that the store has no result of; adds all results to `records`, and throws as `runAll` does. */
export async function runRound(
  jobs: readonly Job[],
  records: Map<string, RunRecord>,
  options: Omit<RunnerOptions, 'jobs'>,
): Promise<void> {
  const { store, force, watch } = options;
  const waiting = jobs.filter((job) => {
    const record = store.latest(job.id);
    if (force || record === undefined || isTriedAgain(record, options.assignment.memoryBytes)) return true;
    records.set(job.id, record);
    watch.skipped(job, record);
    return false;
  });
  // If one lane cannot continue (the disk is full), the others stop as well, for the same reason.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const turns = new Turns(options.stages?.groupOf ?? (() => undefined));
  const lane = async () => {
    for (let job = turns.next(waiting); job !== undefined; job = turns.next(waiting)) {
      signal.throwIfAborted();
      records.set(job.id, await runOne(job, { ...options, signal }));
      turns.ended(job);
    }
  };
  const lanes = Array.from({ length: options.concurrency }, () =>
    lane().catch((error: unknown) => stop.abort(error)),
  );
  await Promise.all(lanes);
  signal.throwIfAborted();
}

/** True for a run that the next command does not skip. `memoryBytes`: the limit of this command; undefined for none. */
export function isTriedAgain(record: RunRecord, memoryBytes = Infinity): boolean {
  if (record.status === 'too large') return memoryBytes > record.limitBytes;
  return record.status === 'failed' && !record.diverged;
}

async function runOne(job: Job, options: Omit<RunnerOptions, 'jobs'>): Promise<RunRecord> {
  const { signal, store, watch, stages, run = runJob } = options;
  watch.started(job);
  const started = { at: new Date(), clock: performance.now() };
  const assignment = {
    ...{ ...options.assignment, job },
    ...(stages?.groupOf(job) !== undefined && { stages: stages.shelf }),
  };
  const ending = await run(
    assignment,
    signal,
    (progress) => watch.progress(job, progress),
    (line) => watch.noted?.(job, line),
  );
  const record = recordOf(job, ending, started, options);
  store.append(record);
  // The next command tries a failed run again: what its process had trained when the system ended it is not lost.
  if (assignment.checkpoints && !isTriedAgain(record))
    removeCheckpoints(assignment.checkpoints.folder, job.id);
  watch.finished(job, record);
  return record;
}

function recordOf(
  job: Job,
  ending: Ending,
  started: { readonly at: Date; readonly clock: number },
  options: Omit<RunnerOptions, 'jobs'>,
): RunRecord {
  const { compression: requested, modelOptions, ...key } = job;
  const common = {
    ...key,
    network: networkText(job.model, modelOptions),
    threads: options.threads,
    recording: options.recording,
    machine: options.machine,
    dataset: options.dataset,
    startedAt: started.at.toISOString(),
    // Somebody may set the wall clock during a run.
    seconds: thousandths((performance.now() - started.clock) / 1000),
  };
  switch (ending.type) {
    case 'completed': {
      const { choices, checkpointNotes } = ending;
      const { curve, stages, quality, resumed, ...outcome } = ending.outcome;
      const interrupted = {
        ...(resumed && { resumed: resumed.times, seconds: thousandths(common.seconds + resumed.seconds) }),
        ...(checkpointNotes && { checkpointNotes: [...checkpointNotes] }),
      };
      const achieved = compressionOf(outcome.size, job.count);
      const compression = { requested, achieved };
      const lists = { stages: [...stages], curve: [...curve] };
      const scored = { quality: { ...quality, byFrequency: [...quality.byFrequency] } };
      return {
        ...{ ...common, status: 'completed', compression, ...outcome, ...scored, choices, ...lists },
        ...interrupted,
      };
    }
    case 'infeasible': {
      const { reason, smallestBytes } = ending;
      return { ...common, status: 'infeasible', compression: { requested }, error: reason, smallestBytes };
    }
    case 'too large': {
      const { reason, neededBytes, limitBytes } = ending;
      const sizes = { compression: { requested }, neededBytes, limitBytes };
      return { ...common, status: 'too large', error: reason, ...sizes };
    }
    case 'failed':
      return {
        ...{ ...common, status: 'failed', compression: { requested }, error: ending.error },
        ...(ending.diverged && { diverged: true }),
      };
  }
}

const thousandths = (seconds: number) => Math.round(1000 * seconds) / 1000;
