import { CommanderError } from 'commander';
import { spelled } from '../base/command-spelling.ts';
import { UserError } from '../base/user-error.ts';
import { loadPlugins } from '../plugins/index.ts';
import type { RunRecord } from '../results/record.ts';
import { program } from '../scripts/bench/audience.ts';
import { benchTraining } from '../scripts/bench/training.ts';
import { benchCommand } from '../scripts/options/bench-options.ts';
import { throughputSuite } from '../suites/index.ts';
import { argumentsOf, type CompareSettings, pluginsOf } from './settings.ts';

/** `embed-bench`: comparisons from a script. */

export type { CompareSettings } from './settings.ts';
export type { CompletedRun, FailedRun, InfeasibleRun, RunRecord, TooLargeRun } from '../results/record.ts';
export { UserError } from '../base/user-error.ts';

export interface CompareOptions {
  /** Ends the comparison; finished runs are kept, and the same settings resume. */
  readonly signal?: AbortSignal;
  /** Called with the record of every run that ends; not for those that were recorded before. */
  readonly onRecord?: (record: RunRecord) => void;
}

/**
 * Trains and scores as `embed-bench bench` does, by the same code, into a recording of the same form. Returns the records of all runs, those
 * of earlier calls with the same settings included. Throws a UserError for settings that are wrong. It prints nothing.
 */
export async function compare(
  settings: CompareSettings,
  { signal = new AbortController().signal, onRecord = () => {} }: CompareOptions = {},
): Promise<readonly RunRecord[]> {
  if (settings.suite === throughputSuite.name)
    throw new UserError(
      `suite ${throughputSuite.name}: it trains nothing to compare; call embed-bench bench`,
    );
  try {
    return await compared(settings, signal, onRecord);
  } catch (error) {
    throw error instanceof UserError ? new UserError(spelled(error.message)) : error;
  }
}

async function compared(
  settings: CompareSettings,
  signal: AbortSignal,
  onRecord: (record: RunRecord) => void,
): Promise<readonly RunRecord[]> {
  await loadPlugins(pluginsOf(settings));
  const command = benchCommand();
  const args = argumentsOf(settings, new Set(command.options.map(({ long }) => long)));
  command.configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UserError(error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '));
  }
  const { records = [] } = await benchTraining(command, program(args, signal, onRecord));
  return records;
}
