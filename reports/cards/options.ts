import { canonicalJson } from '../../base/canonical-json.ts';
import { shortText } from './resolved-parameters.ts';

export interface OptionView {
  readonly name: string;
  readonly value: string;
  /** The default of an option that was set; undefined for one that was not. */
  readonly instead: string | undefined;
}

/** Options of a series. Older recordings have no `defaults`: there it is not known which were set. */
export function optionsOf(
  options: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> | undefined,
): OptionView[] {
  return Object.entries(options)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const standard = defaults?.[name];
      const set = defaults !== undefined && canonicalJson(value) !== canonicalJson(standard);
      const instead = !set
        ? undefined
        : standard === undefined
          ? 'chosen by the method'
          : shortText(standard);
      return { name, value: shortText(value), instead };
    });
}
