import { canonical } from '../../results/series-key.ts';
import { formatCount } from '../format.ts';

/** What a method chose for a budget, its own free-form JSON, made short. */
export interface Choices {
  readonly plain: readonly { readonly name: string; readonly value: string }[];
  /** Lists with an entry for each field of the data, in their order. */
  readonly perField: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** Of each field, the widths of its blocks of ids; of all others the ranks: what a picture can be drawn of. */
  readonly widths: readonly (readonly number[])[] | undefined;
}

/** Names that mean floats per id (harness/contract/method.ts, `choices`). */
const drawn = ['widths', 'ranks'];

/** `fields`: how many the data has. */
export function choicesOf(choices: Readonly<Record<string, unknown>>, fields: number): Choices {
  const entries = Object.entries(choices).sort(([a], [b]) => (a < b ? -1 : 1));
  const aligned = (value: unknown): value is readonly unknown[] =>
    Array.isArray(value) && fields > 1 && value.length === fields;
  return {
    plain: entries.map(([name, value]) => ({
      name,
      value: aligned(value) ? `${extentText(value)}, by field` : shortText(value),
    })),
    perField: entries.flatMap(([name, value]) =>
      aligned(value) ? [{ name, values: value.map(shortText) }] : [],
    ),
    widths: entries
      .filter(([name, value]) => drawn.includes(name) && aligned(value))
      .map(([, value]) => (value as readonly unknown[]).map(numbersOf))
      .find((ofFields) => ofFields.every((widths) => widths.length > 0)),
  };
}

const longest = 60;

/** A number, a word, a short list whole; of a long one how many there are and from where to where. */
export function shortText(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return cut(value);
  if (!Array.isArray(value)) return cut(canonical(value));
  const whole = value.map((inner) => (Array.isArray(inner) ? canonical(inner) : shortText(inner))).join(', ');
  return whole.length <= longest ? whole : rangeText(value);
}

function rangeText(list: readonly unknown[]): string {
  return cut(`${formatCount(list.length)} of ${extentText(list)}`);
}

/** `1 to 16, whole`: the numbers of a list, however deep, and its words. */
function extentText(list: readonly unknown[]): string {
  const numbers = numbersOf(list);
  const words = [...new Set(list.flat().filter((one) => typeof one === 'string'))];
  const named = words.length > 3 ? [`${words.slice(0, 3).map(cut).join(', ')}, …`] : words.map(cut);
  if (numbers.length === 0) return named.length === 0 ? 'nothing plain' : cut(named.join(', '));
  let [least, most] = [Infinity, -Infinity];
  for (const number of numbers) [least, most] = [Math.min(least, number), Math.max(most, number)];
  const range = least === most ? numberText(least) : `${numberText(least)} to ${numberText(most)}`;
  return cut([range, ...named].join(', '));
}

/** Finite ones, at any depth. */
function numbersOf(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(numbersOf);
  return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
}

function numberText(value: number): string {
  const text = Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(4)));
  return text.replace(/^-/, '−');
}

const cut = (text: string) => (text.length <= longest ? text : `${text.slice(0, longest - 2)} …`);
