import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { UserError } from '../../base/user-error.ts';
import { diskFault } from '../../files/disk-fault.ts';
import { Interrupted } from './interrupt.ts';
import { complain, complainLine } from './printed.ts';

/**
 * Runs a verb. An error that the user can correct is one line on stderr and exit code 2; a stack trace means a defect of this
 * project and exit code 1. `run` returns the exit code.
 */
export async function main(run: () => Promise<number>): Promise<void> {
  // A closed pipe (npm run list | head) does not stop the command: results go to disk.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      const problem = diskFault(error, stream === process.stdout ? 'standard output' : 'standard error');
      if (problem === undefined) throw error;
      if (stream === process.stdout) complainLine(`error: ${problem.message}`);
      process.exit(2);
    });
  process.exitCode = unsettled;
  try {
    process.exitCode = await run();
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** Exit code of a process that has nothing left to do while `run` still waits: Node's own for such a promise. */
const unsettled = 13;

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has printed its line
  if (error instanceof Interrupted) {
    complainLine(`stopped; ${error.message}`);
    return 130;
  }
  const line = error instanceof UserError ? error.message : diskProblem(error);
  if (line === undefined) {
    complain(inspect(error));
    return 1;
  }
  complainLine(`error: ${line}`);
  return 2;
}

/** The message for a system error that is a matter of the machine; undefined for all others. */
function diskProblem(error: unknown): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  const problem = code === undefined ? undefined : diskProblems[code];
  return problem === undefined ? undefined : `${path ?? 'the disk'}: ${problem}`;
}

const diskProblems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path',
  ENOSPC: 'no space left on the disk; free some, and repeat the command',
  EDQUOT: 'the disk quota is used up; free some, and repeat the command',
  EACCES: 'no permission; change it, or choose another place',
  EPERM: 'no permission; change it, or choose another place',
  EROFS: 'the file system is read-only; choose another place',
  ENOTDIR: 'a part of this path is a file; choose another place',
  EISDIR: 'is a folder where a file is needed; choose another place',
};
