import { writeTextToken } from '../../datasets/text-token.ts';
import { UserError } from '../../base/user-error.ts';
import type { ManifestData, RawCell } from '../program/manifest.ts';

/** Cells of raw rows as numbers and tokens. They are read as preparing reads the cells of a log: what it refuses is refused here, too. */

type Field = ManifestData['fields'][number];

/** A missing value of a dense column that becomes buckets. */
const missingInteger = -(2 ** 31);

/** A value as an error shows it: JSON has no form of some. */
export function told(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) return String(value);
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? typeof value; // prettier-ignore
}

const isToken = (cell: RawCell): cell is { readonly token: readonly number[] } =>
  typeof cell === 'object' && cell !== null && 'token' in cell;

const isMissing = (cell: RawCell) => cell === null || cell === '';

/** A number in the range of 32-bit floats, or a text of one. */
export function numberOf(cell: unknown, name: string): number {
  const isText = typeof cell === 'string';
  const x = isText && !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(cell) ? NaN : Number(cell);
  if (typeof cell === 'object' || !Number.isFinite(Math.fround(x)))
    throw new UserError(`${name}: ${told(cell)} is no number`);
  return x;
}

/** A whole number, or a text of one; \`7\`, \`07\` and \`7.0\` are the same. Undefined for anything else. */
function wholeOf(cell: unknown): bigint | undefined {
  if (typeof cell === 'bigint' || typeof cell === 'boolean') return BigInt(cell);
  if (typeof cell === 'number') return Number.isInteger(cell) ? BigInt(cell) : undefined;
  if (typeof cell !== 'string') return undefined;
  const [, sign, digits] = /^\s*([+-]?)(\d+)(?:\.0*)?\s*$/.exec(cell) ?? [];
  if (digits === undefined) return undefined;
  return sign === '-' ? -BigInt(digits) : BigInt(digits);
}

function tokenIn(cell: { readonly token: readonly number[] }, name: string, words: number): Uint32Array {
  if (!Array.isArray(cell.token) || cell.token.length !== words)
    throw new UserError(`${name}: ${told(cell)} is no token of ${words} words`);
  return Uint32Array.from(cell.token);
}

/** The token of a field of 32-bit integers. */
function integerOf(cell: RawCell, { name, written, missing = 0 }: Field): number {
  if (isMissing(cell)) return missing;
  if (isToken(cell)) return tokenIn(cell, name, 1)[0];
  if (written === 'hex' && typeof cell === 'string') {
    if (/^[0-9a-fA-F]{1,8}$/.test(cell)) return parseInt(cell, 16);
  } else {
    const whole = wholeOf(cell);
    if (whole !== undefined) return Number(BigInt.asUintN(32, whole));
  }
  throw new UserError(`${name}: ${told(cell)} is no ${written === 'hex' ? 'token of 1 to 8 hexadecimal digits' : 'whole number'}`); // prettier-ignore
}

/** Buckets of FuxiCTR and of the winner of the Criteo challenge: floor(ln(x)^2) above 2. */
function bucketOf(cell: RawCell, { name }: Field): number {
  if (isMissing(cell)) return missingInteger >>> 0;
  const x = Math.fround(numberOf(cell, name));
  return (x > 2 ? Math.floor(Math.log(x) ** 2) : Math.max(Math.trunc(x), missingInteger + 1)) >>> 0;
}

/** The three words of a text. A number is its digits. */
function textWords(cell: RawCell, { name }: Field): Uint32Array {
  const words = new Uint32Array(3);
  if (isMissing(cell)) return words;
  if (isToken(cell)) return tokenIn(cell, name, 3);
  const isText = typeof cell === 'string' || typeof cell === 'bigint' || Number.isFinite(cell);
  if (!isText) throw new UserError(`${name}: ${told(cell)} is no text; a missing cell is null`);
  writeTextToken(String(cell), words, 0);
  return words;
}

/** The two words of an integer of 64 bits, the low one first. */
function wideWords(cell: RawCell, { name }: Field): Uint32Array {
  if (isMissing(cell)) return new Uint32Array(2);
  if (isToken(cell)) return tokenIn(cell, name, 2);
  const whole = wholeOf(cell);
  if (whole === undefined) throw new UserError(`${name}: ${told(cell)} is no whole number of 64 bits`);
  const value = BigInt.asUintN(64, whole);
  return Uint32Array.of(Number(value & 0xffffffffn), Number(value >> 32n));
}

/** 32-bit words of a token of this kind. */
export const wordsOf = (token: Field['token']): number =>
  token === 'text' ? 3 : token === 'integer64' ? 2 : 1;

/** The token of a cell, as many words as its kind has. */
export function tokenOf(cell: RawCell, field: Field): Uint32Array {
  if (field.token === 'text') return textWords(cell, field);
  if (field.token === 'integer64') return wideWords(cell, field);
  return Uint32Array.of(field.token === 'bucket' ? bucketOf(cell, field) : integerOf(cell, field));
}
