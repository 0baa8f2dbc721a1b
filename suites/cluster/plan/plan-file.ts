import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import { shellWord } from '../../../base/shell-word.ts';
import { writeWhole } from '../../../files/whole-file.ts';
import { sealedLine } from '../../../results/sealed-line.ts';
import { bundleInUse } from '../../process-arguments.ts';
import { readSealed } from './sealed-file.ts';
import type { Need } from './needs.ts';
import type { PreparedComparison } from '../../running/prepare-comparison.ts';

/** plan.json: a comparison whose data are prepared, as tasks on other machines read it. Nothing in it changes once it is written. */
export interface Plan extends Omit<PreparedComparison, 'directory' | 'preparedIn'> {
  readonly version: 1;
  /** The folder that paths of data and cache are relative to. */
  readonly folder: string;
  /** The folder of the prepared data, seen from `folder`. */
  readonly preparedIn?: string;
  /** Bytes that stages of tasks on one node may take; see scratch.ts. */
  readonly stageBytes?: number;
  /** Milliseconds of training from one checkpoint of a run to the next; a run that is interrupted begins anew if absent. */
  readonly checkpointMs?: number;
  /** The code that made the plan, if it ran from a bundle: tasks run no other. */
  readonly code?: string;
  /** Memory and time of runs; without them nothing is asked of Slurm. */
  readonly needs?: readonly Need[];
}

const fileIn = (directory: string) => join(directory, 'plan.json');

/** The digest of the code that this process runs; undefined if it runs TypeScript. */
export const codeInUse = (): string | undefined => {
  const folder = bundleInUse();
  return folder === undefined ? undefined : basename(folder);
};

/** Writes the plan of a comparison to the folder of its recording, whole or not at all. */
export function writePlan(
  { directory, ...prepared }: Omit<PreparedComparison, 'preparedIn'>,
  further: Pick<Plan, 'needs' | 'stageBytes' | 'checkpointMs'> = {},
): void {
  const code = codeInUse();
  const made = { folder: process.cwd(), ...(code !== undefined && { code }) };
  const plan: Plan = { version: 1, ...made, ...prepared, ...further };
  writeWhole(fileIn(directory), `${sealedLine(plan)}\n`, { otherwise: 'choose another --plan' });
}

/** Throws a UserError if there is no plan, or one of another version. */
export function readPlan(directory: string): Plan {
  const file = fileIn(directory);
  const make = 'npm run bench -- ... --plan FOLDER makes one';
  if (!existsSync(file)) throw new UserError(`${file}: there is no plan; ${make}`);
  const plan = readSealed<Plan>(file, make);
  if (plan.version !== 1 || plan.jobs === undefined || plan.environment === undefined)
    throw new UserError(`${file}: not a plan that this version reads; ${make}`);
  return plan as Plan;
}

/** Throws a UserError if this process runs other code than made the plan: its runs would not be comparable with the others. */
export function requireSameCode({ code }: Plan, directory: string): void {
  const here = codeInUse();
  if (code === undefined || here === undefined || code === here) return;
  throw new UserError(
    `${fileIn(directory)}: the project's code is other than that which made this plan; ` +
      `repeat npm run bench -- ... --plan ${shellWord(directory)}: finished runs are kept`,
  );
}
