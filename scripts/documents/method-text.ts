import { formatCount } from '../../reports/format.ts';
import type { CompressionRange, OptionDescription } from '../../suites/described/describe-method.ts';

/** `2.7x to 16x`, no more than there is: the ends are rounded inwards, to three digits. */
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

/** To three digits. */
function inwards(ratio: number, round: (value: number) => number): number {
  const unit = 10 ** (Math.max(0, Math.floor(Math.log10(ratio))) - 2);
  // Of 1.0000000000000002 the last digit is none.
  return Number((round(Number((ratio / unit).toPrecision(12))) * unit).toPrecision(3));
}

const ratioText = (ratio: number) => `${ratio >= 1000 ? formatCount(ratio) : ratio}x`;

/** As `--set` takes it; `...` where the method decides. */
export function defaultText({ default: value }: Pick<OptionDescription, 'default'>): string {
  return value === null ? '...' : typeof value === 'string' ? value : JSON.stringify(value);
}
