import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { ComparisonSettings } from '../settings.ts';
import { prepareComparison, type Preparing } from '../running/prepare-comparison.ts';
import { openStore } from '../../results/store.ts';
import { recordsById } from './merge.ts';
import { type Plan, readPlan, writePlan } from './plan-file.ts';
import { roundsOf, waitingJobs } from './waiting-jobs.ts';

export interface Planned {
  readonly plan: Plan;
  /** Runs that wait now, and an estimate of those after them. */
  readonly waiting: number;
  readonly later: number;
  readonly rounds: number;
}

/** Prepares the data and writes the plan of a comparison to the folder of its recording. Trains nothing; finished runs are kept. */
export async function planComparison(
  settings: ComparisonSettings,
  options: Preparing & { readonly out: string },
): Promise<Planned> {
  const { prepared, data } = await prepareComparison(settings, options);
  data.close();
  const { directory } = prepared;
  requireSameData(directory, prepared.dataset.fingerprint);
  const store = openStore(directory, { goneHosts: settings.request.goneHosts });
  try {
    writePlan(prepared);
  } finally {
    store.close();
  }
  const plan = readPlan(directory);
  const { jobs, later } = waitingJobs(plan, recordsById(directory), true);
  return { plan, waiting: jobs.length, later, rounds: roundsOf(plan) };
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
