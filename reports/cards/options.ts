import { canonical } from '../../results/series-key.ts';
import { shortText } from './choices.ts';

export interface OptionView {
  readonly name: string;
  readonly value: string;
  /** What stands beside an option that somebody set: its default. */
  readonly instead: string | undefined;
}

/** Options of a series. Without `defaults`, in older recordings, nobody knows which were set. */
export function optionsOf(
  options: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> | undefined,
): OptionView[] {
  return Object.entries(options)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const standard = defaults?.[name];
      const set = defaults !== undefined && canonical(value) !== canonical(standard);
      const instead = !set
        ? undefined
        : standard === undefined
          ? 'chosen by the method'
          : shortText(standard);
      return { name, value: shortText(value), instead };
    });
}
