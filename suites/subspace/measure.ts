import { execaNode } from 'execa';
import { processArguments } from '../process-arguments.ts';
import type { Algorithm } from './algorithms.ts';

export interface Task {
  readonly algorithm: Algorithm;
  readonly rows: number;
  readonly width: number;
  /** Rows of the sketches. */
  readonly size: number;
}

export interface Measured {
  readonly milliseconds: number;
  /** Time of all threads of the process: what others do on the machine disturbs it less. */
  readonly processorMilliseconds: number;
  /** Growth of the largest resident memory of the process; the table was there before. */
  readonly bytes: number;
  readonly values: readonly number[];
  /** Scores of about a thousand rows, evenly spaced. */
  readonly scores?: readonly number[];
}

/** Throws where the process ends without an answer: out of memory. */
export async function measureSubspace(task: Task, signal?: AbortSignal): Promise<Measured> {
  const [nodeOptions, file, args] = processArguments('suites/subspace/worker.ts');
  const child = execaNode(file, args, {
    ipc: true,
    ipcInput: task as never,
    nodeOptions,
    ...(signal && { cancelSignal: signal }),
  });
  const message = await child.getOneMessage();
  await child;
  return message as unknown as Measured;
}
