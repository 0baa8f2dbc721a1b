import { InvalidArgumentError, Option } from 'commander';
import { activationBits, exactBits, type KeptBits } from '../../harness/contract/activations.ts';
import { type Gradients, maxRank, parseGradients } from '../../harness/contract/gradients.ts';
import { alternatives, separated } from '../../suites/catalogue.ts';

/** Parsers of option values; what they refuse, commander reports in one line with the option's name. */

export function list(value: string): string[] {
  const items = separated(value);
  if (items.some((item) => item === ''))
    throw new InvalidArgumentError('Expected values separated by commas.');
  return items;
}

/** A file or a folder. An empty one is a shell's variable without a value. */
export function place(value: string): string {
  if (value === '') throw new InvalidArgumentError('Expected a path.');
  return value;
}

export function wholeNumber(least: number) {
  return (value: string): number => {
    const number = Number(value.replaceAll('_', ''));
    if (!Number.isInteger(number) || number < least)
      throw new InvalidArgumentError(`Expected a whole number, at least ${least}.`);
    return number;
  };
}

/** Of TCP; 0 is any free one. */
export function portNumber(value: string): number {
  const port = wholeNumber(0)(value);
  if (port > 65_535) throw new InvalidArgumentError('Expected a port, at most 65535.');
  return port;
}

/** Values of one kind, separated by commas. */
export function listOf<T>(parse: (value: string) => T) {
  return (value: string): T[] => list(value).map(parse);
}

export function positiveNumber(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('Expected a number above 0.');
  return number;
}

/** How gradients come about: `exact`, `sbpca:4`. */
export function gradientKind(value: string): Gradients {
  const parsed = parseGradients(value);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError(
    `"${value}" is no kind of gradients: exact, or sbpca:K with K from 1 to ${maxRank}, such as sbpca:4.`,
  );
}

/** Bits of what is kept for the backward pass: 32, 8, 4 or 2. */
export function keptBits(value: string): KeptBits {
  const bits = [exactBits, ...activationBits].find((bits) => String(bits) === value);
  if (bits !== undefined) return bits;
  throw new InvalidArgumentError(`"${value}" is none of 32 (as they are), 8, 4 and 2 bits.`);
}

/** Compression ratios: `4`, `16x`, at least 1. */
export function ratios(value: string): number[] {
  return list(value).map((item) => {
    const ratio = Number(item.replace(/x$/, ''));
    if (!Number.isFinite(ratio) || ratio < 1)
      throw new InvalidArgumentError(
        `"${item}" is no compression ratio: a number of at least 1, such as 16 or 16x.`,
      );
    return ratio;
  });
}

/** Layer widths: `512-256-64`. */
export function layerWidths(flags: string, what: string): Option {
  return new Option(flags, what).argParser((value) => {
    const widths = value.split('-').map(Number);
    if (widths.some((width) => !Number.isInteger(width) || width < 1))
      throw new InvalidArgumentError('Expected widths joined by dashes, such as 512-256-64.');
    return widths;
  });
}

/** An option with a fixed list of values; another one is refused with the nearest of them. */
export function choice(flags: string, what: string, choices: readonly string[]): Option {
  return new Option(flags, what).choices(choices).argParser((value) => {
    if (choices.includes(value)) return value;
    throw new InvalidArgumentError(`Expected one of ${alternatives(choices, value)}`);
  });
}

/** An option that takes several values of a fixed list, separated by commas. */
export function choices(flags: string, what: string, allowed: readonly string[]): Option {
  const one = choice(flags, what, allowed).parseArg as (value: string, before: undefined) => string;
  return new Option(flags, `${what} (choices: ${allowed.join(', ')})`).argParser((value) =>
    list(value).map((item) => one(item, undefined)),
  );
}
