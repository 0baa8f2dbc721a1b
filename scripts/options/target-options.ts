import { UserError } from '../../base/user-error.ts';
import { maxExtensions } from '../../analysis/comparisons/rate-rule.ts';
import { plural } from '../../base/plural.ts';
import type { ComparisonSettings, TargetSettings } from '../../suites/settings.ts';

/** The search of `--to-target` where nothing else is said. Five halvings of ten octaves leave a third of an octave. */
export const targetRange = { least: 1, most: 1024, steps: 5 };

interface Asked {
  readonly toTarget?: true | number;
  readonly compression?: readonly number[];
  readonly margin: number;
  readonly equalCompute?: true;
  readonly baseline: boolean;
}

/** Undefined without `--to-target`. Throws a UserError for options that a search has no use for, and for a range that is none. */
export function chosenTarget(options: Asked): TargetSettings | undefined {
  const { toTarget, compression, margin, equalCompute, baseline } = options;
  if (toTarget === undefined) return undefined;
  if (equalCompute)
    throw new UserError('--equal-compute: a search compares with full as it is; leave --to-target or it out');
  if (!baseline)
    throw new UserError(
      '--no-baseline: --to-target compares with full, which is the baseline; leave one of them out',
    );
  const [least, most, ...more] = compression ?? [targetRange.least, targetRange.most];
  if (most === undefined || more.length > 0 || most <= least)
    throw new UserError(
      `--compression ${compression!.join(',')}: --to-target takes the least and the most, such as 1,256`,
    );
  return { margin, least, most, steps: toTarget === true ? targetRange.steps : toTarget };
}

/** Throws a UserError if there is nothing to search: no method that compresses, or several ways to train, which have a full each. */
export function requireSearchable(
  settings: Pick<ComparisonSettings, 'methods' | 'ways'>,
  searched: number,
): void {
  const { methods, ways } = settings;
  if (searched === 0)
    throw new UserError(
      `--method ${methods.map(({ name }) => name).join(',')}: --to-target searches for methods that compress; name another one`,
    );
  if (ways !== undefined && ways.length > 1)
    throw new UserError(
      '--activations and --gradients: --to-target compares with full in one way of training; give one of each',
    );
}

/** The most runs that a search takes beside those of full, in words. */
export function searchNote(
  { steps }: TargetSettings,
  methods: number,
  { seeds, learningRates }: Pick<ComparisonSettings, 'seeds' | 'learningRates'>,
): string {
  const trials = learningRates.length > 1 ? learningRates.length : 0;
  const most = trials > 0 ? trials + maxExtensions : 0; // a grid whose end leads is extended
  const runs = methods * steps * (seeds.length + most);
  const each = trials > 0 ? ` and ${trials} to ${plural(most, 'trial')} of learning rates` : '';
  const few = seeds.length < 3 ? '; fewer than three seeds give an estimate, and show nothing' : '';
  return (
    `search: at most ${plural(steps, 'ratio')} for each of ${plural(methods, 'method')}, ` +
    `with ${plural(seeds.length, 'seed')}${each}: up to ${plural(runs, 'run')}${few}`
  );
}
