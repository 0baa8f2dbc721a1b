import { execa } from 'execa';
import { UserError } from '../../../base/user-error.ts';

/** Calls of Slurm's commands. What they refuse is a UserError in one line. */

/** The words of the user's options for sbatch, as a shell would divide them. */
export function wordsOf(text: string): string[] {
  const words = text.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}

/**
 * The value of an option among words for sbatch, empty if it has none; undefined if it is not among them. `least`: characters of its name that sbatch
 * knows it by.
 */
export function optionIn(
  words: readonly string[],
  long: string,
  { short, least = long.length }: { readonly short?: string; readonly least?: number } = {},
): string | undefined {
  for (const [i, word] of words.entries()) {
    const [, name, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name !== undefined) {
      if (name.length >= least && long.startsWith(name)) return value ?? words[i + 1] ?? '';
    } else if (short !== undefined && word.startsWith(`-${short}`))
      return word.length > 2 ? word.slice(2) : (words[i + 1] ?? '');
  }
  return undefined;
}

/** Submits a script, read from standard input. Returns the number of the job. */
export async function submitJob(options: readonly string[], script: string): Promise<string> {
  const said = await slurm('sbatch', ['--parsable', ...options], script);
  const number = /^(\d+)(;|$)/.exec(said)?.[1];
  if (number === undefined) throw new UserError(`sbatch: it printed no job number: ${said}`);
  return number;
}

/** A job or task in the queue. */
export interface Queued {
  /** The number of the array, or of the job. */
  readonly job: string;
  readonly task?: number;
  /** PENDING, RUNNING, ... */
  readonly state: string;
  readonly reason: string;
  readonly node: string;
}

/** The jobs of this name in the queue, array tasks one by one. */
export async function queuedJobs(name: string): Promise<Queued[]> {
  const said = await slurm('squeue', ['--noheader', '--array', `--name=${name}`, '--format=%F|%K|%T|%r|%N']);
  return said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [job, task, state, reason, node] = line.split('|');
      return { job, ...(/^\d+$/.test(task) && { task: Number(task) }), state, reason, node };
    });
}

/** Cancels all jobs of this name. */
export const cancelJobs = (name: string) => slurm('scancel', [`--name=${name}`]);

/** Puts a task of an array back into the queue; by its place in the array, because the number of its job may stand for the whole. */
export const requeueTask = (array: string, task: string) =>
  slurm('scontrol', ['requeue', `${array}_${task}`]);

/** The largest number of tasks in an array. */
export async function maxArraySize(): Promise<number> {
  const said = await slurm('scontrol', ['show', 'config']);
  const size = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(said)?.[1] ?? 1001);
  if (size === 0)
    throw new UserError('Slurm takes no job arrays here (MaxArraySize=0); ask for them to be allowed');
  return size;
}

/** Calls a program of Slurm. Throws a UserError in one line if it fails. */
export async function slurm(program: string, args: readonly string[], input = ''): Promise<string> {
  const { stdout, stderr, exitCode, failed, code } = await execa(program, args, { input, reject: false });
  if (code === 'ENOENT')
    throw new UserError(
      `${program}: there is no such program here; call this where Slurm's commands are, on a login node`,
    );
  if (!failed) return stdout.trim();
  const lines = (stderr || stdout)
    .trim()
    .split('\n')
    .filter((line) => line !== '' && !/^Try "/.test(line));
  // The last line is the error itself.
  const line = (lines.at(-1) ?? `it ended with code ${exitCode}`).replace(/^\w+: (?:(?:error|fatal): )?/, '');
  const away = /controller/i.test(stderr);
  throw new UserError(
    away
      ? `${program}: Slurm's controller does not answer (${line}); repeat the command when it does`
      : `${program}: ${line}`,
  );
}
