import { formatCount } from '../../reports/format.ts';
import type { CompressionRange } from '../../suites/described/describe-method.ts';
import type { OptionDescription } from '../../base/describe-options.ts';

/** `2.7x to 16x`: the ends are rounded inwards to three digits, so that the text promises no more than is possible. */
export function rangeText(range: CompressionRange): string {
  if ('problem' in range) return range.problem;
  const [smallest, largest] = [
    inwards(range.smallest, Math.ceil),
    inwards(range.largestOnKaggle, Math.floor),
  ];
  return smallest < largest
    ? `${ratioText(smallest)} to ${ratioText(largest)}`
    : `${ratioText(largest)} alone`;
}

/** Rounds to three digits. */
function inwards(ratio: number, round: (value: number) => number): number {
  const unit = 10 ** (Math.max(0, Math.floor(Math.log10(ratio))) - 2);
  // Hides rounding noise such as 1.0000000000000002.
  return Number((round(Number((ratio / unit).toPrecision(12))) * unit).toPrecision(3));
}

const ratioText = (ratio: number) => `${ratio >= 1000 ? formatCount(ratio) : ratio}x`;

/** The default as `--set` takes it; `...` if the method decides. */
export function defaultText({ default: value }: Pick<OptionDescription, 'default'>): string {
  return value === null ? '...' : typeof value === 'string' ? value : JSON.stringify(value);
}
