/**
 * The style of numbers on pages, in tables and in the terminal: 0.7630, −0.0021, +0.0004. Bytes are SI: 1 MB is 10^6 bytes. The minus
 * sign is U+2212, as wide as a digit.
 */

export function formatFixed(value: number, digits = 4): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A difference: positive values have a sign, too. */
export function formatChange(value: number, digits = 4): string {
  const text = formatFixed(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** `0.7630 ± 0.0040`, or the value alone where there is no error bar. `format` writes the value. */
export function formatEstimate(
  { value, error }: { readonly value: number; readonly error: number | undefined },
  format: (value: number) => string = formatFixed,
): string {
  return error === undefined ? format(value) : `${format(value)} ${formatError(error)}`;
}

/** `± 0.0040` */
export function formatError(error: number, format: (value: number) => string = formatFixed): string {
  return `± ${format(error)}`;
}

/** A multiple of a reference: `× 1.25`. */
export function formatTimes(ratio: number): string {
  return `× ${formatFixed(ratio, 2)}`;
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return grouped.format(value);
}

/** Three digits and a unit: 12.3 k, 4.56 M. */
export function formatShort(value: number): string {
  return withPrefix(value, ['', 'k', 'M', 'G', 'T']);
}

export function formatBytes(value: number): string {
  return withPrefix(value, ['B', 'kB', 'MB', 'GB', 'TB']);
}

/** A budget: 16x, 2.5x. */
export function formatRatio(ratio: number): string {
  return `${ratio >= 1000 ? formatCount(ratio) : String(Number(ratio.toPrecision(3)))}x`;
}

/** A measured ratio, with the digits of its neighbours in a column: 16.0x. */
export function formatAchieved(ratio: number): string {
  return `${threeDigits(ratio)}x`;
}

function withPrefix(value: number, units: readonly string[]): string {
  // 999.6 rounds to 1000 at three digits, so it belongs to the next unit.
  const power = value < 999.5 ? 0 : Math.floor(Math.log10(Number(value.toPrecision(3))) / 3);
  const index = Math.min(power, units.length - 1);
  const number = index === 0 ? formatCount(value) : threeDigits(value / 1000 ** index);
  return units[index] === '' ? number : `${number} ${units[index]}`;
}

function threeDigits(value: number): string {
  return value >= 999.5 ? formatCount(value) : value.toPrecision(3);
}

/** A margin as users type it: 0.001, without zeros at its end. */
export function formatMargin(margin: number): string {
  return String(margin);
}
