import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../files/whole-file.ts';
import { UserError } from '../base/user-error.ts';
import { count } from './quantities.ts';

/**
 * contribution.json: says that a recording comes from outside of the project, and how much of it its contributor's copy of
 * `npm run contribute` could recompute. Recordings of the project itself have none.
 */
export const contribution = z.strictObject({
  kind: z.literal('contribution'),
  version: z.literal(1),
  /** Runs of every status. */
  runs: count,
  /** Runs whose scores of test rows gave the recorded quality again; the others had none. */
  scored: count,
  /** Runs whose bytes a plan gave again; 0 if nobody had the log. */
  planned: count,
});
export type Contribution = z.infer<typeof contribution>;

export const contributionName = 'contribution.json';

export function writeContribution(directory: string, value: Contribution): void {
  writeWhole(join(directory, contributionName), `${JSON.stringify(contribution.parse(value), null, 2)}\n`);
}

/** Undefined for a recording of the project itself. Throws a UserError if the file is no contribution. */
export function readContribution(directory: string): Contribution | undefined {
  const file = join(directory, contributionName);
  if (!existsSync(file)) return undefined;
  try {
    return contribution.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new UserError(`${file}: not a contribution (${problem.replace(/\s*\n\s*/g, ' ')})`);
  }
}
