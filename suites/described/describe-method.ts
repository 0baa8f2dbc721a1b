import { readFileSync } from 'node:fs';
import { describeOptions, type OptionDescription } from '../../base/describe-options.ts';
import { type Family, type TrainingCost } from '../../harness/contract/kinds.ts';
import { isInfeasible, type Method } from '../../harness/contract/method.ts';
import { fullSize, sizeOf } from '../../harness/contract/size.ts';
import type { Wrapper } from '../../harness/contract/wrapper.ts';
import { errorText } from '../running/describe-exit.ts';
import type { Model } from '../../harness/contract/model.ts';
import { kaggleFields } from './kaggle.ts';

/** A method as lists and documents show it. JSON. */
export interface MethodDescription {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly idea: string;
  /** Null if the method states none. */
  readonly formula: string | null;
  readonly paper: Method['paper'];
  readonly departures: Method['departures'];
  readonly family: Family;
  readonly cost: TrainingCost;
  readonly compression: CompressionRange;
  readonly options: readonly OptionDescription[];
}

/**
 * Full bytes / serving bytes of the largest and the smallest layer there is, with default options, on Criteo Kaggle's
 * cardinalities at dim 16. A method that never is a full table starts above 1; a method whose smallest layer is larger than a
 * full table has no range.
 */
export type CompressionRange =
  { readonly smallest: number; readonly largestOnKaggle: number } | { readonly problem: string };

/**
 * Known ranges are read from a file (`npm run docs` writes it, a test keeps it true), because planning forty layers of 33.8
 * million ids takes many seconds.
 */
export function describeMethod(method: Method, rangeOf = knownRange): MethodDescription {
  const { name, aliases, title, idea, formula = null, paper, departures } = method;
  const { family = 'hashing and sharing', cost = 'step' } = method;
  return {
    ...{ name, aliases, title, idea, formula, paper, departures, family, cost },
    compression: rangeOf(method),
    options: describeOptions(method.options),
  };
}

export function describeWrapper({
  name,
  aliases,
  title,
  idea,
  formula,
  paper,
  departures,
  options,
}: Wrapper) {
  const described = { name, aliases, title, idea, formula: formula ?? null, paper, departures };
  return { ...described, options: describeOptions(options) };
}

export function describeModel({ name, aliases = [], title, formula, paper, width, options }: Model) {
  const described = {
    name,
    aliases,
    title,
    formula: formula ?? null,
    paper,
    options: describeOptions(options),
  };
  return { ...described, ...(width !== undefined && { width }) };
}

const known = new URL('./kaggle-ranges.json', import.meta.url);

function knownRange(method: Method): CompressionRange {
  const ranges = JSON.parse(readFileSync(known, 'utf8')) as Record<string, CompressionRange | undefined>;
  return ranges[method.name] ?? compressionRange(method);
}

/** The content of kaggle-ranges.json. */
export function rangesText(descriptions: readonly MethodDescription[]): string {
  const ranges = descriptions.map(({ name, compression }) => [name, compression] as const);
  return `${JSON.stringify(Object.fromEntries(ranges.sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`;
}

const dim = 16;

/** The range, computed from plans. */
export function compressionRange(method: Method): CompressionRange {
  const full = fullSize({ fields: kaggleFields, dim }).servingBytes;
  const options = method.options.parse({});
  if (method.ignoresIds) return { problem: 'takes no bytes, whatever the budget' };
  const at = (budget: number) => method.plan({ fields: kaggleFields, dim, budget, seed: 1 }, options);
  try {
    const least = at(0);
    const largestOnKaggle = full / (isInfeasible(least) ? least.smallestBytes : sizeOf(least).servingBytes);
    const most = at(full);
    if (isInfeasible(most)) return { problem: `takes more bytes than a full table there: ${most.reason}` };
    return { smallest: full / sizeOf(most).servingBytes, largestOnKaggle };
  } catch (error) {
    return { problem: `cannot be planned there: ${errorText(error)}` };
  }
}
