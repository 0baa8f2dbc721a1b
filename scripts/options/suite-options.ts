import type { Command } from 'commander';
import {
  type ThroughputSuite,
  throughputSuite,
  type TrainingSuite,
  trainingSuites,
} from '../../suites/index.ts';
import { paperSuites } from './paper-suites.ts';

/** Suites that train, those of papers among them. */
export const allTrainingSuites: readonly TrainingSuite[] = [...trainingSuites, ...paperSuites];

/** Everything that `--suite` takes. */
export const allSuites: readonly (TrainingSuite | ThroughputSuite)[] = [
  ...allTrainingSuites,
  throughputSuite,
];

/** Sets the options that the suite names and the command does not. */
export function applySuite(command: Command, { commandOptions = {} }: TrainingSuite): void {
  for (const [option, value] of Object.entries(commandOptions))
    if (command.getOptionValueSource(option) !== 'cli')
      command.setOptionValueWithSource(option, value, 'suite');
}
