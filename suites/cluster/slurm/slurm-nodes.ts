import { optionIn, slurm } from './slurm.ts';

/** The most that a job may ask for where the user's options send it. */
export interface NodeLimits {
  /** Memory of the largest node, in Slurm's megabytes (2^20 bytes); undefined if Slurm does not know it, and refuses jobs that ask for any. */
  readonly megabytes?: number;
  /** The longest time limit of a partition; Infinity without one. */
  readonly minutes: number;
}

/** A node's memory is 1 where nobody configured it. */
const least = 100;

/** The limits of the user's partitions, or of the default one. */
export async function nodeLimits(words: readonly string[]): Promise<NodeLimits> {
  const partition = optionIn(words, 'partition', { short: 'p', least: 4 });
  const said = await slurm('sinfo', [
    ...['--noheader', '--exact', '--format=%P|%m|%l'],
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
  ]);
  const all = said
    .split('\n')
    .map((line) => line.split('|'))
    .filter((parts) => parts.length === 3);
  const standard = all.filter(([name]) => name.endsWith('*'));
  const lines = partition === undefined && standard.length > 0 ? standard : all;
  const memory = Math.max(0, ...lines.map(([, megabytes]) => parseInt(megabytes, 10) || 0));
  const minutes = lines.map(([, , limit]) => minutesIn(limit));
  return {
    ...(memory >= least && { megabytes: memory }),
    minutes: minutes.length === 0 ? Infinity : Math.max(...minutes),
  };
}

/** `30`, `30:00`, `4:00:00`, `1-00:00:00` as squeue prints them; Infinity for any other word. */
export function minutesIn(limit: string): number {
  const found = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(limit.trim());
  if (found === null) return Infinity;
  const [days = 0, hours = 0, minutes] = found.slice(1).map((part) => Number(part ?? 0));
  return Math.max(1, days * 24 * 60 + hours * 60 + minutes);
}
