import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hostname } from 'node:os';
import { backends } from '../../../backends/index.ts';
import { findNamed } from '../../../base/find-named.ts';
import { UserError } from '../../../base/user-error.ts';
import { machineHash } from '../../../results/check-record.ts';
import { machineText } from '../../../results/hardware.ts';
import type { RunRecord } from '../../../results/record.ts';
import { openStore } from '../../../results/store.ts';
import type { Job } from '../../job.ts';
import { thisMachine } from '../../running/environment.ts';
import { memoryLimit } from '../../running/memory-limit.ts';
import { runRound, type Watch } from '../../running/run-all.ts';
import type { runJob } from '../../running/run-job.ts';
import { type Plan, readPlan, requireSameCode } from '../plan/plan-file.ts';
import { loadPluginsOfPlan } from '../plan/plan-plugins.ts';
import { checkJob, takesCheck } from './machine-check.ts';
import { attemptsOf, checkShardOf, recordsIn, shardOf } from './shards.ts';
import { onNode } from './scratch.ts';
import { jobsOfTask, readList } from './task-list.ts';

export interface TaskOptions {
  /** The folder of the plan. */
  readonly directory: string;
  readonly list: string;
  readonly task: number;
  readonly signal: AbortSignal;
  watch(plan: Plan): Watch;
  /** Called before the task makes a run again because its kind of machine has not made it. */
  checks?(): void;
  /** A folder on this node's own disk; `$NAME` in it stands for a variable of the environment. */
  readonly scratch?: string;
  /** Takes a line for people. */
  readonly say?: (line: string) => void;
  /** Stands in for a process in tests. */
  readonly run?: typeof runJob;
}

/**
 * Carries out the runs of one task, each in its own process, into a shard of its own. Runs that an earlier attempt of the task recorded
 * are skipped. Last it may make the check of its kind of machine (`takesCheck`). Stages are shared on a node's own disk or not at all:
 * tasks of several nodes would need locks on a network file system, and every run trains the same numbers alone. Returns the records;
 * throws as `runAll` does if `signal` aborts.
 */
export async function runTask({ directory, list, task, ...options }: TaskOptions): Promise<RunRecord[]> {
  const plan = readPlan(directory);
  requireSameCode(plan, directory);
  await loadPluginsOfPlan(plan);
  const jobs = jobsOfTask(readList(directory, list), task);
  if (jobs.length === 0) return [];
  const environment = await environmentHere(plan);
  const recording = basename(directory);
  const earlier = new Map(
    attemptsOf(directory, list, task)
      .flatMap(recordsIn)
      .map((record) => [record.id, record]),
  );
  // Relative paths of the plan are its own. A container need not have its folder: then they are absolute, or not found.
  if (existsSync(plan.folder)) process.chdir(plan.folder);
  const local = await onNode(plan, options);
  const machine = machineText(environment);
  const watch = options.watch(plan);
  const records = new Map<string, RunRecord>();
  const makeRuns = async (
    some: readonly Job[],
    shard: string,
    known: ReadonlyMap<string, RunRecord> = new Map(),
    checkpoints = join(directory, 'checkpoints'),
  ) => {
    const store = openStore(shard);
    try {
      store.writeEnvironment({ ...environment, recording });
      await runRound(some, records, {
        assignment: {
          ...{ ...local.log, fingerprint: plan.dataset.fingerprint },
          memoryBytes: memoryOfTask(), // one run at a time has the job's memory for itself
          // One folder for all attempts: the next one goes on where this one is interrupted, on any node of the same kind.
          ...(plan.checkpointMs !== undefined && {
            checkpoints: { folder: checkpoints, everyMs: plan.checkpointMs },
          }),
          ...(plan.keepsScores && { scoresIn: shard }),
        },
        ...{ dataset: plan.dataset, recording, machine },
        threads: environment.backend.threads,
        store: { ...store, latest: (id) => store.latest(id) ?? known.get(id) },
        ...(local.stages && { stages: local.stages }),
        ...{ concurrency: 1, force: false, signal: options.signal, watch },
        ...(options.run && { run: options.run }),
      });
    } finally {
      store.close();
    }
  };
  const attempt = attemptName();
  try {
    watch.expect(jobs.length);
    await makeRuns(jobs, shardOf(directory, list, task, attempt), earlier);
    if (takesCheck({ directory, plan, list, task, machine })) {
      options.checks?.();
      watch.expect(jobs.length + 1);
      const shard = checkShardOf(directory, machineHash(machine), list, task, attempt);
      // The run may be going on elsewhere: its checkpoints are another machine's.
      const own = join(directory, 'checks', machineHash(machine), 'checkpoints');
      await makeRuns([checkJob(plan)], shard, new Map(), own);
    }
  } finally {
    local.close();
  }
  return [...records.values()];
}

/** The plan's environment on this machine. Throws a UserError if the task has fewer processors than the runs have threads. */
async function environmentHere({ environment, set }: Plan) {
  const { threads } = environment.backend;
  const allowed = Number(process.env.SLURM_CPUS_PER_TASK ?? threads);
  if (allowed < threads)
    throw new UserError(
      `this task has ${allowed} processors, the plan's runs have ${threads} threads; leave --cpus-per-task out, or plan with --threads ${allowed}`,
    );
  const opened = await findNamed(backends, 'backend', set.backend).open({ threads });
  const { name, version } = opened;
  return { ...environment, ...thisMachine(), backend: { name, version, threads: opened.threads } };
}

/** Bytes that the task may take: what Slurm gave it, also where nobody enforces that, and no more than there is. */
function memoryOfTask(): number {
  const {
    SLURM_MEM_PER_NODE: ofNode,
    SLURM_MEM_PER_CPU: ofCpu,
    SLURM_CPUS_PER_TASK: cpus = '1',
  } = process.env;
  const megabytes = Number(ofNode ?? NaN) || Number(ofCpu ?? NaN) * Number(cpus) || Infinity; // 0: all of the node's
  return Math.min(memoryLimit(), megabytes * 2 ** 20);
}

/** A name that no other attempt of the task has; that of the task in Slurm, whose log has the same, or of this process. */
function attemptName(): string {
  const {
    SLURM_ARRAY_JOB_ID: array,
    SLURM_ARRAY_TASK_ID: task,
    SLURM_RESTART_COUNT: restarts = '0',
  } = process.env;
  return array === undefined ? `${hostname()}-${process.pid}-${Date.now()}` : `${array}_${task}-${restarts}`;
}
