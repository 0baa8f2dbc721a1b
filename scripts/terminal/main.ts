import { CommanderError } from 'commander';
import { Fault } from '../../harness/contract/fault.ts';
import { Interrupted } from './interrupt.ts';

/**
 * Runs a verb. What the user can mend is one line on stderr and exit code 2; a trace means a defect of this project and
 * exit code 1. `run` returns the exit code.
 */
export async function main(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? 0 : 2; // it has printed its line
    else if (error instanceof Interrupted) {
      console.error('stopped; finished runs are kept, and the same command goes on from there');
      process.exitCode = 130;
    } else if (error instanceof Fault) {
      console.error(`error: ${error.message}`);
      process.exitCode = 2;
    } else {
      console.error(error);
      process.exitCode = 1;
    }
  }
}
