import type { Command } from 'commander';
import { parseOptions } from '../../base/parse-options.ts';
import type { Model } from '../../harness/contract/model.ts';
import { models } from '../../harness/models/index.ts';
import type { Setting } from './set-option.ts';
import { ownOptions, shortForms } from './short-forms.ts';

/** Adds the short forms that models declare: `--bottom`, `--top`. */
export function addModelOptions(command: Command): Command {
  for (const { option } of shortForms(models)) command.addOption(option);
  return command;
}

/** The options of the model, its defaults filled in. Throws a UserError for an option that it does not have. */
export function chosenModelOptions(
  model: Model,
  command: Command,
  settings: readonly Setting[],
): Record<string, unknown> {
  const given = ownOptions(model, { owners: models, flag: '--model' }, command, settings);
  return parseOptions(model, given) as Record<string, unknown>;
}
