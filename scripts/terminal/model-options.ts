import { z } from 'zod';
import { UserError } from '../../base/user-error.ts';
import { findModel } from '../../suites/find-model.ts';
import { parseOptions } from '../../suites/job.ts';
import type { Setting } from './method-options.ts';

/** The model asked for with the options set for it, and the settings that are not the model's. */
export interface ChosenModel {
  readonly model: string;
  readonly modelOptions: Readonly<Record<string, unknown>>;
  readonly others: readonly Setting[];
}

/**
 * `--set dlrm.bottom=512-256-64`, or in short `--bottom 512-256-64`, for the options of that name that the model has. Throws a
 * UserError for an option that it does not have.
 */
export function chosenModel(
  name: string,
  settings: readonly Setting[],
  short: Readonly<Record<string, unknown>>,
): ChosenModel {
  const model = findModel(name);
  const known = model.options instanceof z.ZodObject ? Object.keys(model.options.shape) : [];
  const given = Object.entries(short).filter(([, value]) => value !== undefined);
  for (const [option] of given)
    if (!known.includes(option))
      throw new UserError(`--${option}: the model ${model.name} has no option "${option}"`);
  const own = settings.filter(({ method }) => method.toLowerCase() === model.name);
  for (const { option } of own)
    if (given.some(([name]) => name === option))
      throw new UserError(`--${option} and --set ${model.name}.${option} say the same: leave one out`);
  const asked = Object.fromEntries([...given, ...own.map(({ option, value }) => [option, value] as const)]);
  return {
    model: model.name,
    modelOptions: parseOptions(model, asked),
    others: settings.filter((one) => !own.includes(one)),
  };
}
