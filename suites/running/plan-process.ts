import { execaNode } from 'execa';
import type { Job } from '../job.ts';
import { processArguments } from '../process-arguments.ts';
import type { Assignment } from './worker-protocol.ts';

/** A data set that is prepared, and the plug-ins that it and the methods may come from. */
export type PreparedLog = Pick<Assignment, 'dataset' | 'request' | 'plugins'>;

/** The one message to a process that makes plans. */
export interface ToPlan extends PreparedLog {
  readonly jobs: readonly Job[];
}

/** Its messages: once when the data are open, then one for each job in turn. */
export type PlanningMessage<T> =
  { readonly type: 'begun' } | { readonly type: 'planned'; readonly found?: T };

/** A plan that takes longer is left out. */
const longestPlan = 60_000;

/**
 * Asks a process about the plans of jobs, and returns its answers in their order. Methods are plug-ins: plans are made in a process of its own, and a plan that
 * takes all memory or ends its process has no answer, while all others have theirs. Shorter than `jobs` if the process cannot open the data.
 */
export async function askOfPlans<T>(
  program: string,
  { jobs, ...log }: ToPlan,
  signal: AbortSignal,
): Promise<(T | undefined)[]> {
  const answers: (T | undefined)[] = [];
  while (answers.length < jobs.length) {
    const rest = jobs.slice(answers.length);
    const found = await askedOf<T>(program, { jobs: rest, ...log }, signal);
    if (found === undefined) break;
    // The job behind the last answer has ended the process.
    answers.push(...found, ...(found.length < rest.length ? [undefined] : []));
  }
  return answers;
}

/** The answers of one process; undefined if it does not begin. */
async function askedOf<T>(
  program: string,
  work: ToPlan,
  signal: AbortSignal,
): Promise<(T | undefined)[] | undefined> {
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
  const answers: (T | undefined)[] = [];
  const giveUp = () => void child.kill('SIGKILL');
  let limit = setTimeout(giveUp, longestPlan);
  try {
    for await (const raw of child.getEachMessage()) {
      const message = raw as unknown as PlanningMessage<T>;
      clearTimeout(limit);
      limit = setTimeout(giveUp, longestPlan);
      if (message.type === 'begun') hasBegun = true;
      else answers.push(message.found);
    }
  } catch {
    // The process is gone.
  }
  await child;
  clearTimeout(limit);
  signal.throwIfAborted();
  return hasBegun ? answers : undefined;
}
