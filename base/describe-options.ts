import { z } from 'zod';

/** An option of a method, a model or a data set, in words. */
export interface OptionDescription {
  readonly name: string;
  readonly about: string;
  /** The allowed values in words; empty if the name says enough. */
  readonly values: string;
  /** Null if the method decides. */
  readonly default: unknown;
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
