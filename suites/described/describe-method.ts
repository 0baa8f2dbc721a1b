import { readFileSync } from 'node:fs';
import { z } from 'zod';
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

export interface OptionDescription {
  readonly name: string;
  readonly about: string;
  /** The allowed values in words; empty if the name says enough. */
  readonly values: string;
  /** Null if the method decides. */
  readonly default: unknown;
}

/**
 * Known ranges are read from a file (`npm run docs` writes it, a test keeps it true), because planning forty layers of 33.8
 * million ids takes many seconds.
 */
export function describeMethod(method: Method, rangeOf = knownRange): MethodDescription {
  const { name, aliases, title, idea, formula = null, paper } = method;
  const { family = 'hashing and sharing', cost = 'step' } = method;
  return {
    ...{ name, aliases, title, idea, formula, paper, family, cost },
    compression: rangeOf(method),
    options: describeOptions(method.options),
  };
}

export function describeWrapper({ name, aliases, title, idea, formula, paper, options }: Wrapper) {
  return { name, aliases, title, idea, formula: formula ?? null, paper, options: describeOptions(options) };
}

export function describeModel({ name, title, paper, options }: Model) {
  return { name, title, paper, options: describeOptions(options) };
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

/** The few words of JSON Schema that option schemas use. */
interface OptionSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly OptionSchema[];
  readonly type?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** The options of a schema, in its order. */
export function describeOptions(options: z.ZodType): OptionDescription[] {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, OptionSchema>;
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    about: schema.description ?? '',
    values: valuesText(schema),
    default: schema.default ?? null,
  }));
}

function valuesText(schema: OptionSchema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(', ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map(valuesText).join(', ');
  if (schema.type === 'boolean') return 'true, false';
  const kind = schema.type === 'integer' ? 'whole number' : schema.type === 'number' ? 'number' : '';
  return [kind, boundsText(schema)].filter((text) => text !== '').join(', ');
}

function boundsText({
  minimum,
  exclusiveMinimum,
  maximum = Infinity,
  exclusiveMaximum,
}: OptionSchema): string {
  // zod states the largest safe integer as a bound of every integer.
  const most = maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (minimum !== undefined && most !== undefined) return `${minimum} to ${most}`;
  return [
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ].join(', ');
}
