import { InvalidArgumentError, Option } from 'commander';
import { activationBits, exactBits, type KeptBits } from '../../harness/contract/activations.ts';
import { type Gradients, maxRank, parseGradients } from '../../harness/contract/gradients.ts';
import { type Decay, parseDecay } from '../../harness/contract/training-practice.ts';
import { alternatives, separated } from '../../base/find-named.ts';

/** Parsers of option values. Commander reports a refused value in one line with the option's name. */

export function list(value: string): string[] {
  const items = separated(value);
  if (items.some((item) => item === ''))
    throw new InvalidArgumentError('Expected values separated by commas.');
  return items;
}

/** A file or a folder. An empty text is a shell variable without a value. */
export function place(value: string): string {
  if (value === '') throw new InvalidArgumentError('Expected a path.');
  return value;
}

/** Any text. An empty one is a shell variable without a value. */
export function given(value: string): string {
  if (value === '') throw new InvalidArgumentError('Expected a value.');
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

/** A TCP port; 0 stands for any free one. */
export function portNumber(value: string): number {
  const port = wholeNumber(0)(value);
  if (port > 65_535) throw new InvalidArgumentError('Expected a port, at most 65535.');
  return port;
}

/** Values of one kind, separated by commas. */
export function listOf<T>(parse: (value: string) => T) {
  return (value: string): T[] => list(value).map(parse);
}

/** A difference of AUC. */
export function marginOf(value: string): number {
  const margin = positiveNumber(value);
  if (margin >= 0.5) throw new InvalidArgumentError('Expected a difference of AUC below 0.5, such as 0.001.');
  return margin;
}

export function positiveNumber(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('Expected a number above 0.');
  return number;
}

/** A finite number above `least`, or that number itself where asked for. */
export function numberAbove(least: number, { itself = false } = {}) {
  return (value: string): number => {
    const number = value.trim() === '' ? NaN : Number(value);
    if (Number.isFinite(number) && (number > least || (itself && number === least))) return number;
    throw new InvalidArgumentError(`Expected a number ${itself ? 'of at least' : 'above'} ${least}.`);
  };
}

/** A share from 0 to 1; `one`: whether 1 itself is one. */
export function share({ one }: { readonly one: boolean }) {
  return (value: string): number => {
    const number = value.trim() === '' ? NaN : Number(value);
    if (number >= 0 && (one ? number <= 1 : number < 1)) return number;
    throw new InvalidArgumentError(
      `Expected a share of at least 0 and ${one ? 'at most' : 'below'} 1, such as 0.05.`,
    );
  };
}

/** A decline of the learning rate: `none`, `linear`, `cosine:0.1`. */
export function decayKind(value: string): Decay | 'none' {
  if (value === 'none') return value;
  const parsed = parseDecay(value);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError(
    `"${value}" is no decline: none, linear or cosine, with the share at its end from 0 to below 1, such as linear:0.1.`,
  );
}

/** A kind of gradients: `exact`, `sbpca:4`. */
export function gradientKind(value: string): Gradients {
  const parsed = parseGradients(value);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError(
    `"${value}" is no kind of gradients: exact, or sbpca:K with K from 1 to ${maxRank}, such as sbpca:4.`,
  );
}

/** Bits per saved activation: 32, 8, 4 or 2. */
export function keptBits(value: string): KeptBits {
  const bits = [exactBits, ...activationBits].find((bits) => String(bits) === value);
  if (bits !== undefined) return bits;
  throw new InvalidArgumentError(`"${value}" is none of 32 (as they are), 8, 4 and 2 bits.`);
}

/** Shares of train, validation and test: `6/7,1/14,1/14` or `.8,.1,.1`. */
export function shares(value: string): Record<'train' | 'validation' | 'test', number> {
  const numbers = list(value).map((item) => {
    const [over, under = '1', ...more] = item.split('/');
    return more.length > 0 || over.trim() === '' || under.trim() === '' ? NaN : Number(over) / Number(under);
  });
  if (numbers.length !== 3 || !numbers.every((share) => share > 0 && share < 1))
    throw new InvalidArgumentError(
      'Expected three shares between 0 and 1, of train, validation and test, such as 6/7,1/14,1/14.',
    );
  const [train, validation, test] = numbers;
  return { train, validation, test };
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

/** An option with a fixed list of values; another value is refused with the nearest of them. */
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
