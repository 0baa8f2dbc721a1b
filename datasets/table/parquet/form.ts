import type { SchemaElement } from 'hyparquet';
import type { Physical } from './plain.ts';

/** The meaning of a column's values. */
export type Form =
  | { readonly kind: 'integer'; readonly unsigned: boolean }
  | { readonly kind: 'float' }
  | { readonly kind: 'half' } // two bytes
  | { readonly kind: 'boolean' }
  | { readonly kind: 'text' } // and other bytes
  | { readonly kind: 'uuid' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'date' } // days
  | { readonly kind: 'moment'; readonly perSecond: number } // a count since 1970, or since midnight
  | { readonly kind: 'nanoseconds of a Julian day' }; // INT96

const units: Readonly<Record<string, number>> = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 };

/** The meaning of a leaf of the schema, and its type for people. */
export function formOf(element: SchemaElement): { form: Form; type: string } {
  const physical = element.type as Physical;
  const converted = element.converted_type ?? '';
  const logical = element.logical_type;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const scale = element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0) ?? 0;
    return { form: { kind: 'decimal', scale }, type: `decimal with ${scale} digits` };
  }
  if (physical === 'BOOLEAN') return { form: { kind: 'boolean' }, type: 'BOOLEAN' };
  if (physical === 'INT96') return { form: { kind: 'nanoseconds of a Julian day' }, type: 'timestamp' };
  if (physical === 'FLOAT' || physical === 'DOUBLE') return { form: { kind: 'float' }, type: physical };
  if (physical === 'INT32' || physical === 'INT64') {
    if (converted === 'DATE' || logical?.type === 'DATE') return { form: { kind: 'date' }, type: 'date' };
    const timed = /^TIME(STAMP)?_(MILLIS|MICROS)$/.exec(converted);
    if (logical?.type === 'TIMESTAMP' || logical?.type === 'TIME')
      return moment(logical.type === 'TIME', logical.unit);
    if (timed) return moment(timed[1] === undefined, timed[2]);
    const unsigned = converted.startsWith('UINT') || (logical?.type === 'INTEGER' && !logical.isSigned);
    return { form: { kind: 'integer', unsigned }, type: unsigned ? `unsigned ${physical}` : physical };
  }
  if (logical?.type === 'FLOAT16') return { form: { kind: 'half' }, type: 'FLOAT16' };
  if (logical?.type === 'UUID') return { form: { kind: 'uuid' }, type: 'UUID' };
  const text = converted === 'UTF8' || logical?.type === 'STRING';
  return { form: { kind: 'text' }, type: text ? 'text' : physical };
}

const moment = (ofDay: boolean, unit: string): { form: Form; type: string } => ({
  form: { kind: 'moment', perSecond: units[unit] ?? 1 },
  type: ofDay ? 'time of day' : 'timestamp',
});
