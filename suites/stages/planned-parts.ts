import { execaNode } from 'execa';
import type { Job } from '../job.ts';
import { processArguments } from '../process-arguments.ts';
import type { Assignment } from '../running/worker-protocol.ts';
import { planKey, type TrainedParts } from './sharing-jobs.ts';

/** A data set that is prepared. */
export type PreparedLog = Pick<Assignment, 'dataset' | 'request'>;

/** The one message to the process that plans. */
export interface ToPlan extends PreparedLog {
  readonly jobs: readonly Job[];
}

/** Its messages: once when the data are open, then one for each job in turn. */
export type PlanningMessage =
  { readonly type: 'begun' } | { readonly type: 'planned'; readonly part?: string };

/** A plan that takes longer is left out. */
const longestPlan = 60_000;

/**
 * Finds what the first stages of jobs train. Their plans are made in a process of its own: methods are plug-ins, and a plan that takes all memory
 * or ends its process has no part, while all others have theirs. Empty if there is one plan alone, or if the process cannot open the data. `program`:
 * another process in tests.
 */
export async function plannedParts(
  jobs: readonly Job[],
  { dataset, request }: PreparedLog,
  signal: AbortSignal,
  program = 'suites/stages/worker.ts',
): Promise<TrainedParts> {
  const planned = [...new Map(jobs.map((job) => [planKey(job), job])).values()];
  const parts = new Map<string, string | undefined>();
  if (planned.length < 2) return parts;
  for (let next = 0; next < planned.length; next++) {
    const rest = planned.slice(next);
    const found = await planIn(program, { jobs: rest, dataset, request }, signal);
    if (found === undefined) break;
    found.forEach((part, i) => parts.set(planKey(rest[i]), part));
    next += found.length; // the one behind them has ended the process
  }
  return parts;
}

/** The parts of as many jobs as one process plans; undefined if it does not begin. */
async function planIn(
  program: string,
  work: ToPlan,
  signal: AbortSignal,
): Promise<(string | undefined)[] | undefined> {
  const [nodeOptions, file, args] = processArguments(program);
  const child = execaNode(file, args, {
    ipc: true,
    ipcInput: work as never,
    nodeOptions,
    cancelSignal: signal,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
    reject: false,
    buffer: false,
  });
  let hasBegun = false;
  const parts: (string | undefined)[] = [];
  const giveUp = () => void child.kill('SIGKILL');
  let limit = setTimeout(giveUp, longestPlan);
  try {
    for await (const raw of child.getEachMessage()) {
      const message = raw as unknown as PlanningMessage;
      clearTimeout(limit);
      limit = setTimeout(giveUp, longestPlan);
      if (message.type === 'begun') hasBegun = true;
      else parts.push(message.part);
    }
  } catch {
    // The process is gone.
  }
  await child;
  clearTimeout(limit);
  signal.throwIfAborted();
  return hasBegun ? parts : undefined;
}
