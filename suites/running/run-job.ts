import { setTimeout } from 'node:timers/promises';
import { execaNode } from 'execa';
import { processArguments } from '../process-arguments.ts';
import { describeExit } from './describe-exit.ts';
import type { Progress } from '../../harness/training/train.ts';
import type { Assignment, Message } from './worker-protocol.ts';

export type Ending = Exclude<Message, { type: 'progress' | 'note' }>;

/** The time that a run has for a checkpoint when it is asked to end: schedulers give a job 30 s. */
const checkpointMs = 25_000;

/** Runs one job in its own process. Every end of that process is a result; only `signal` makes this function throw. */
export async function runJob(
  assignment: Assignment,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
  onNote: (line: string) => void = () => {},
): Promise<Ending> {
  const [nodeOptions, file, args] = processArguments('suites/running/worker.ts');
  const child = execaNode(file, args, {
    ipc: true,
    ipcInput: assignment as never,
    nodeOptions,
    cancelSignal: signal,
    forceKillAfterDelay: assignment.checkpoints ? checkpointMs : 2000,
    stdout: 'ignore',
    stderr: 'pipe',
    reject: false,
    buffer: { ipc: false, stderr: true },
    maxBuffer: 100_000,
  });
  let ending: Ending | undefined;
  try {
    for await (const raw of child.getEachMessage()) {
      const message = raw as unknown as Message;
      if (message.type === 'progress') onProgress(message.progress);
      else if (message.type === 'note') onNote(message.line);
      else ending = message;
    }
  } catch {
    // The process is gone; its exit tells how.
  }
  const result = await child;
  // Ctrl-C in a terminal reaches this process too, but the end of the child may arrive first.
  if (result.signal === 'SIGINT') await setTimeout(200);
  signal.throwIfAborted();
  return ending ?? { type: 'failed', error: describeExit(result) };
}
