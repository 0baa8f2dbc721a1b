import type { Setting } from '../../analysis/comparisons/comparable.ts';
import { ownSettings } from '../../reports/setting-text.ts';

/** The line above each of several comparisons that says which it is; none above the only one. */
export function settingHeadings(settings: readonly Setting[]): string[][] {
  return settings.map((_, i) => (settings.length < 2 ? [] : [`${ownSettings(settings, i)}:`]));
}
