import { appendFileSync, existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '../../job.ts';
import type { KubernetesOptions } from '../kubernetes/kubernetes-options.ts';

/** The options of a submission, which the next one of the same plan repeats. */
export interface SubmissionOptions {
  /** Further options for sbatch. */
  readonly slurm: string;
  /** Tasks at the same time; Infinity without a limit. */
  readonly parallel: number;
  /** Runs of a task, one after the other. */
  readonly bundle: number;
  /** A folder on each node's own disk, for copies of the data and for stages; none if absent. */
  readonly scratch?: string;
}

/** A line of submissions.jsonl: what was given to Slurm, or written for Kubernetes. No result depends on it. */
export interface Submission extends SubmissionOptions {
  readonly name: string;
  /** Present if another program carries it out: a manifest, or commands. */
  readonly asFile?: true;
  readonly kubernetes?: KubernetesOptions;
  readonly arrays: readonly string[];
  readonly merges: readonly string[];
}

/** A hash of the plan's folder. */
export const planHash = (directory: string) => hashOf(realpathSync(directory)).slice(0, 8);

/** The name of the plan's jobs in a queue: the same for every submission, and for every link to the folder. */
export const jobName = (directory: string) => `embed-bench-${planHash(directory)}`;

const fileIn = (directory: string) => join(directory, 'submissions.jsonl');

/** The submissions of a plan, the earliest first. */
export function submissionsOf(directory: string): Submission[] {
  if (!existsSync(fileIn(directory))) return [];
  return readFileSync(fileIn(directory), 'utf8')
    .split('\n')
    .flatMap(submissionIn)
    .map((one) => ({ ...one, parallel: one.parallel ?? Infinity })); // JSON has no Infinity
}

/** None for a line that is torn or was edited. */
function submissionIn(line: string): Submission[] {
  try {
    const submission = JSON.parse(line) as Submission | null;
    return Array.isArray(submission?.arrays) ? [submission] : [];
  } catch {
    return [];
  }
}

/** The caller holds the recording's lock. */
export function addSubmission(directory: string, submission: Submission): void {
  appendFileSync(fileIn(directory), `${JSON.stringify(submission)}\n`, { flush: true });
}

/** A name for the lists of the next submission that no other has, not even one that Slurm refused. */
export const nextName = (directory: string): string =>
  `${submissionsOf(directory).length + 1}-${Date.now().toString(36)}`;
