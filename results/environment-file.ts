import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../files/whole-file.ts';
import { UserError } from '../base/user-error.ts';
import { type Environment, environment } from './environment.ts';
import type { RunRecord } from './record.ts';

/** environment.json of a recording, or undefined if none was written yet. */
export function readEnvironment(directory: string): Environment | undefined {
  const file = environmentFile(directory);
  if (!existsSync(file)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file}: not JSON (${(error as Error).message}); restore it or use another --out`);
  }
  const parsed = environment.safeParse(json);
  if (parsed.success) return parsed.data;
  const problem = z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' ');
  throw new UserError(`${file}: not an environment (${problem}); restore it or use another --out`);
}

/** Writes environment.json whole or not at all: a reader never sees half of it. */
export function replaceEnvironment(directory: string, value: Environment): void {
  const text = `${JSON.stringify(environment.parse(value), null, 2)}\n`;
  writeWhole(environmentFile(directory), text, { otherwise: 'use another --out' });
}

/** Throws a UserError if throughput must not be measured into one recording under both: there are only speeds, and speeds of two machines never stand together. */
export function requireSameHardware(directory: string, before: Environment, next: Environment): void {
  requireSame(directory, [
    ['CPU', before.cpu, next.cpu],
    ['processors', before.cpus, next.cpus],
    ['system', before.platform, next.platform],
  ]);
  if (before.backend !== undefined && next.backend !== undefined)
    requireSame(directory, [['backend version', before.backend.version, next.backend.version]]);
}

/**
 * Throws a UserError if what is measured under `next` must not stand in one recording with what was measured under
 * `before`: training runs on other data or by another backend; on another machine, if throughput was measured.
 */
export function requireSameEnvironment(directory: string, before: Environment, next: Environment): void {
  const { data, backend, plugins = [] } = before;
  if (before.throughput !== undefined) requireSameHardware(directory, before, next);
  if (data !== undefined && next.data !== undefined)
    requireSame(directory, [
      ['data fingerprint', data.fingerprint, next.data.fingerprint],
      ['protocol', data.protocol, next.data.protocol],
      ['budgets', budgetText(before), budgetText(next)],
    ]);
  if (backend !== undefined && next.backend !== undefined)
    requireSame(directory, [
      ['backend', backend.name, next.backend.name],
      // The rest of a version names a graphics card or instructions, which are the machine's.
      ['backend version', release(backend.version), release(next.backend.version)],
      ['thread count', backend.threads, next.backend.threads],
    ]);
  const known = new Map(plugins.map(({ name, digest }) => [name, digest]));
  requireSame(
    directory,
    (next.plugins ?? []).map(({ name, digest }) => [`plug-in ${name}`, known.get(name) ?? digest, digest]),
  );
}

/** Throws a UserError if the run saw other data than the recording's, or had a budget of another kind. */
export function requireSameData(directory: string, environment: Environment, run: RunRecord): void {
  const { data } = environment;
  const { dataset } = run;
  const rows = data?.rows;
  requireSame(directory, [
    ['data fingerprint', data?.fingerprint ?? 'none', dataset.fingerprint],
    ['protocol', data?.protocol ?? 'none', dataset.protocol],
    ['data set', data?.name ?? 'none', dataset.name],
    ['training rows', rows?.train ?? 0, dataset.rows.train],
    ['validation rows', rows?.validation ?? 0, dataset.rows.validation],
    ['test rows', rows?.test ?? 0, dataset.rows.test],
    ['budgets', budgetText(environment), budgetText(run)],
  ]);
}

const release = (version: string) => version.split(' ')[0];

const budgetText = ({ count }: Pick<Environment, 'count'>) =>
  count === 'keys' ? 'with keys' : 'without keys';

type Comparison = readonly [what: string, before: string | number, next: string | number];

function requireSame(directory: string, comparisons: readonly Comparison[]): void {
  const changed = comparisons.find(([, before, next]) => before !== next);
  if (changed === undefined) return;
  const [what, before, next] = changed;
  throw new UserError(
    `${directory}: this recording has ${what} ${before}, this run has ${next}; they are never mixed: ` +
      `choose another --out, or move the recording away`,
  );
}

function environmentFile(directory: string): string {
  return join(directory, 'environment.json');
}
