import type { PerField } from './indices.ts';

/** What Indices demand of operands, wherever they live. Throw a RangeError. */

export function perField(operand: PerField, fields: number): Uint32Array<ArrayBuffer> {
  if (typeof operand === 'number') return new Uint32Array(fields).fill(operand);
  if (operand.length !== fields) throw new RangeError(`${operand.length} operands for ${fields} fields`);
  return Uint32Array.from(operand);
}

export function requirePositive(divisor: PerField): void {
  const divisors = typeof divisor === 'number' ? [divisor] : divisor;
  for (const d of divisors)
    if (!Number.isInteger(d) || d < 1) throw new RangeError(`a divisor must be a positive integer, not ${d}`);
}

export function requireFields(picked: readonly number[], fields: number): void {
  if (picked.some((field) => !Number.isInteger(field) || field < 0 || field >= fields))
    throw new RangeError(`there are fields 0 to ${fields - 1}, not ${picked.join(', ')}`);
}

interface Shape {
  readonly batch: number;
  readonly fields: number;
}

export function requireSameShape(here: readonly boolean[], one: Shape, other: Shape): void {
  if (other.batch !== one.batch || other.fields !== one.fields || here.length !== one.fields)
    throw new RangeError(`${other.batch} x ${other.fields} indices do not fit ${one.batch} x ${one.fields}`);
}
