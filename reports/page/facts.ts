import { formatCount } from '../format.ts';
import { canonicalJson } from '../../base/canonical-json.ts';

/** One name and value of free-form JSON, for a description list. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Too long to stand in a line: the page folds it. */
  readonly long: boolean;
}

const foldAbove = 80;
const cutAbove = 1200;

/**
 * Free-form JSON in the order of its names: numbers grouped, lists of plain values joined, the rest as JSON. `words` gives a name and a text
 * for people to a value that it knows.
 */
export function factsOf(
  values: Readonly<Record<string, unknown>>,
  words: (key: string, value: unknown) => { readonly name: string; readonly text: string } | undefined = () =>
    undefined,
): Fact[] {
  return Object.keys(values)
    .sort()
    .map((key) => {
      const { name, text } = words(key, values[key]) ?? { name: key, text: textOf(values[key]) };
      const value = text.length > cutAbove ? `${text.slice(0, cutAbove)} … (whole in the records)` : text;
      return { name, value, long: value.length > foldAbove };
    });
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? formatCount(value) : String(value);
  if (Array.isArray(value) && value.every((inner) => typeof inner !== 'object')) {
    return value.map(textOf).join(', ');
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    if (entries.every(([, inner]) => typeof inner !== 'object')) {
      return entries.map(([name, inner]) => `${name} ${textOf(inner)}`).join(', ');
    }
  }
  return canonicalJson(value);
}
