import { BadValue } from './damage.ts';
import { ByteCells, type Cells } from './cells.ts';
import type { Form } from './form.ts';

const utf8 = new TextDecoder();

/**
 * The text of value i as a text format would have it: integers in decimal digits, dates as 2024-01-31, booleans as true and false, floats
 * in the fewest digits that tell them apart.
 */
export function cellText(cells: Cells, i: number, form: Form): string {
  if (form.kind === 'boolean') return (cells as Uint8Array)[i] === 1 ? 'true' : 'false';
  if (form.kind === 'text') return utf8.decode(bytesAt(cells, i));
  if (form.kind === 'uuid') return uuid(bytesAt(cells, i));
  if (form.kind === 'float') return floatText((cells as Float64Array)[i], cells instanceof Float32Array);
  if (form.kind === 'half') return String(half(bytesAt(cells, i)));
  const count = integerAt(cells, i, form);
  if (form.kind === 'integer') return String(count);
  if (form.kind === 'decimal') return decimalText(count, form.scale);
  if (form.kind === 'date') return momentText(Number(count) * 86_400e3).slice(0, 10);
  if (form.kind === 'moment') {
    const perMs = form.perSecond / 1e3;
    const ms = perMs >= 1 ? count / BigInt(perMs) : count * 1000n;
    const rest = perMs > 1 ? count % BigInt(perMs) : 0n;
    return momentText(Number(ms)) + (rest === 0n ? '' : `+${rest}/${perMs}ms`);
  }
  return (
    momentText(Number(count / 1_000_000n)) + (count % 1_000_000n === 0n ? '' : `+${count % 1_000_000n}ns`)
  );
}

/** Value i as an exact integer: itself, a decimal's digits, days, ticks since 1970. */
export function integerAt(cells: Cells, i: number, form: Form): bigint {
  if (cells instanceof ByteCells)
    return form.kind === 'decimal' ? bigEndian(cells.at(i)) : nanosecondsOf(cells.at(i));
  const value = BigInt(cells[i]);
  if (form.kind !== 'integer' || !form.unsigned) return value;
  return cells instanceof BigInt64Array ? BigInt.asUintN(64, value) : BigInt.asUintN(32, value);
}

/** A float of two bytes. Source: IEEE 754-2019, section 3.4. */
export function half(bytes: Uint8Array): number {
  const bits = bytes[0] | (bytes[1] << 8);
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const bytesAt = (cells: Cells, i: number) => (cells as ByteCells).at(i);

/** The shortest decimal digits that give the same float. */
function floatText(value: number, single: boolean): string {
  if (!single) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

function decimalText(count: bigint, scale: number): string {
  if (scale <= 0) return String(count);
  const digits = String(count < 0n ? -count : count).padStart(scale + 1, '0');
  return `${count < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function momentText(ms: number): string {
  // Years that no calendar of JavaScript has.
  if (!(Math.abs(ms) <= 8.64e15)) return `${ms} ms`;
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.000)?Z$/, '');
}

/** Two's complement, the highest byte first. */
function bigEndian(bytes: Uint8Array): bigint {
  if (bytes.length > 64) throw new BadValue(`a decimal of ${bytes.length} bytes is no number of a table`);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

/** INT96: nanoseconds of a day, and the Julian day. */
function nanosecondsOf(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  const days = BigInt(view.getUint32(8, true)) - 2_440_588n;
  return days * 86_400_000_000_000n + view.getBigInt64(0, true);
}

const uuid = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
