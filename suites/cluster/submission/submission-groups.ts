import type { Job } from '../../job.ts';
import { asksForMemory, megabytesFor, megabytesOf } from './asked.ts';
import { sharesIn } from '../plan/needs.ts';
import type { Plan } from '../plan/plan-file.ts';
import type { NodeLimits } from '../slurm/slurm-nodes.ts';
import type { SubmissionOptions } from './submissions.ts';
import { groupOf, groupSizes, type JobFacts, type TaskGroup } from './task-groups.ts';
import { largestRound } from '../plan/waiting-jobs.ts';

export interface SubmissionGroups {
  readonly facts: JobFacts;
  /** The groups of the first round, whose jobs are known. */
  readonly first: readonly TaskGroup[];
  /** Those of each further round, as large as they may be. */
  readonly further: readonly TaskGroup[];
}

/** The groups of tasks of a submission, by the memory that runs ask for; one group if the user says how much. */
export function groupsOf(
  plan: Plan,
  waiting: readonly Job[],
  { bundle, slurm }: SubmissionOptions,
  limits: Pick<NodeLimits, 'megabytes'>,
): SubmissionGroups {
  const asks = asksForMemory(slurm);
  const megabytes = asks ? megabytesOf(plan, limits) : () => undefined;
  const { needs = [], set } = plan;
  const known = asks ? needs.flatMap(({ bytes }) => megabytesFor(bytes, limits) ?? []) : [];
  // A search moves runs between ratios, and so between groups: nobody knows how many are in each.
  const sizes = set.target && known.length > 0 ? [Math.max(...known)] : groupSizes(known);
  const isIn = (group: number) => (job: Job) => groupOf(megabytes(job), sizes) === group;
  const sized = (tasks: (group: number) => number) =>
    sizes.map((size, group) => ({
      ...(size !== undefined && { megabytes: size }),
      tasks: Math.ceil(tasks(group) / bundle),
    }));
  return {
    facts: { megabytes, shares: sharesIn(plan) },
    first: sized((group) => waiting.filter(isIn(group)).length),
    // Jobs that follow from results may be in a group that has no other.
    further: sized((group) => Math.max(set.equalCompute ? 1 : 0, largestRound(plan, isIn(group)))),
  };
}
