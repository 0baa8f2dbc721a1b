import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import type { ComparisonSettings } from '../../settings.ts';
import { prepareComparison, type Preparing } from '../../running/prepare-comparison.ts';
import { openStore, readRecording } from '../../../results/store.ts';
import { recordsById } from '../records/merge.ts';
import { bytesFor, estimateNeeds, secondsFor } from './needs.ts';
import { type Plan, readPlan, writePlan } from './plan-file.ts';
import { roundsOf, waitingJobs } from './waiting-jobs.ts';

export interface Planned {
  readonly plan: Plan;
  /** Runs that wait now, and an estimate of those after them. */
  readonly waiting: number;
  readonly later: number;
  readonly rounds: number;
  /** The most memory that a run takes, in bytes; undefined if it is not known. */
  readonly mostBytes: number | undefined;
  /** The seconds of all runs that wait, one after the other; undefined if one is not known. */
  readonly seconds: number | undefined;
}

export interface Planning extends Preparing {
  readonly out: string;
  /** A recording that tells how long runs take. */
  readonly pilot?: string;
  /** Bytes of a node's disk for stages that several runs train alike. */
  readonly stageBytes: number;
  /** See Plan. */
  readonly checkpointMs?: number;
}

/** Prepares the data and writes the plan of a comparison to the folder of its recording. Trains nothing; finished runs are kept. */
export async function planComparison(settings: ComparisonSettings, options: Planning): Promise<Planned> {
  // A wrong name is said before hours of preparation.
  const pilot = options.pilot === undefined ? [] : readRecording(options.pilot).runs;
  const { prepared, data } = await prepareComparison(settings, options);
  data.close();
  const { directory } = prepared;
  requireSameData(directory, prepared.dataset.fingerprint);
  const needs = await estimateNeeds(prepared, pilot);
  const store = openStore(directory, { goneHosts: settings.request.goneHosts });
  try {
    const { stageBytes, checkpointMs } = options;
    writePlan(prepared, { needs, stageBytes, ...(checkpointMs !== undefined && { checkpointMs }) });
  } finally {
    store.close();
  }
  const plan = readPlan(directory);
  const records = recordsById(directory);
  const { jobs, later } = waitingJobs(plan, records, true);
  const bytes = jobs.map((job) => bytesFor(job, needs) ?? NaN);
  const rows = plan.dataset.rows.train;
  const times = jobs.map((job) => secondsFor(job, needs, [...records.values()], rows) ?? NaN);
  const [mostBytes, seconds] = [Math.max(...bytes), times.reduce((sum, time) => sum + time, 0)];
  return {
    ...{ plan, waiting: jobs.length, later, rounds: roundsOf(plan) },
    mostBytes: Number.isFinite(mostBytes) ? mostBytes : undefined,
    seconds: Number.isNaN(seconds) ? undefined : seconds,
  };
}

/** Throws a UserError if an earlier plan of this folder was of other data. */
function requireSameData(directory: string, fingerprint: string): void {
  const file = join(directory, 'plan.json');
  if (!existsSync(file)) return;
  let before: Partial<Plan>;
  try {
    before = JSON.parse(readFileSync(file, 'utf8')) as Partial<Plan>;
  } catch {
    return; // the new plan takes its place
  }
  if (before.dataset === undefined || before.dataset.fingerprint === fingerprint) return;
  throw new UserError(
    `${file}: it is a plan of other data (fingerprint ${before.dataset.fingerprint}, now ${fingerprint}); choose another --plan`,
  );
}
