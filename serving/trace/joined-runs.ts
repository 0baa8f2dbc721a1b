import type { Attribute } from '../program/program.ts';

/**
 * Rows of the batches that a program is traced with. Any two numbers lie on a line: the third batch shows whether a size goes with the rows, or
 * with the ids.
 */
export const tracedRows = [5, 7, 16] as const;

/** Rows of two batches. */
export type RowsOfTwo = readonly [few: number, many: number];

/**
 * Attributes of one operation in two batches of different sizes as one: a number that differs is times * rows + plus. Throws an Error for
 * attributes that differ otherwise: then the operation is another one with every batch.
 */
export function joinedAttribute(
  first: Attribute,
  second: Attribute,
  what: string,
  [few, many]: RowsOfTwo,
): Attribute {
  if (typeof first === 'number' && typeof second === 'number') {
    if (first === second) return first;
    const times = (second - first) / (many - few);
    const plus = first - times * few;
    if (!Number.isInteger(times))
      throw new Error(`${what}: ${first} and ${second} for ${few} and ${many} rows`);
    return { times, plus };
  }
  if (Array.isArray(first) && Array.isArray(second) && first.length === second.length)
    return first.map((one: Attribute, i) => joinedAttribute(one, second[i] as Attribute, what, [few, many]));
  if (isObject(first) && isObject(second) && sameKeys(first, second)) {
    const other: Named = second;
    const joined = Object.entries(first as Named).map(([key, value]): [string, Attribute] => [
      key,
      joinedAttribute(value, other[key], `${what}, ${key}`, [few, many]),
    ]);
    return Object.fromEntries(joined);
  }
  if (first !== second) throw new Error(`${what}: ${JSON.stringify(first)} and ${JSON.stringify(second)}`);
  return first;
}

interface Named {
  readonly [name: string]: Attribute;
}

function isObject(value: Attribute): value is Named {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const sameKeys = (a: object, b: object) => Object.keys(a).join() === Object.keys(b).join();
