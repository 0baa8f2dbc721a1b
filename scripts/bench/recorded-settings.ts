import { CommanderError } from 'commander';
import { shellWords } from '../../base/shell-word.ts';
import { UserError } from '../../base/user-error.ts';
import type { TrainingEnvironment } from '../../results/environment.ts';
import type { ComparisonSettings } from '../../suites/settings.ts';
import { benchCommand } from '../options/bench-options.ts';
import { comparisonSettings } from './comparison-settings.ts';

/** Files that a command names otherwise than this machine does. */
export interface Here {
  /** The log and its schema; as the command has them if absent. */
  readonly data?: string;
  readonly schema?: string;
  /** The folder of prepared data; as the command has it if absent. */
  readonly cache?: string;
}

/**
 * The settings of the command that a recording says it was made by, on the backend and the threads that it was made on. Throws a
 * UserError if the text is no command of `npm run bench` that trains.
 */
export function recordedSettings({ data, schema, cache }: Here) {
  return async (environment: TrainingEnvironment): Promise<ComparisonSettings> => {
    const { command: text, backend, count } = environment;
    const words = shellWords(text);
    if (words === undefined) throw new UserError(`it has open quotes: ${text}`);
    const here = [
      ...(data === undefined ? [] : ['--data', data]),
      ...(schema === undefined ? [] : ['--schema', schema]),
      ...(cache === undefined ? [] : ['--cache', cache]),
    ];
    const command = benchCommand().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    let message = '';
    command.configureOutput({ outputError: (line) => void (message = line.trim()) });
    try {
      command.parse([...words, ...here], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      throw new UserError(message || error.message);
    }
    const settings = await comparisonSettings(command, backend.name);
    if (settings.count !== count) throw new UserError('it counts keys otherwise than its environment says');
    return { ...settings, threads: backend.threads };
  };
}
