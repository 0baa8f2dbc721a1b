import { canonicalJson } from '../../base/canonical-json.ts';
import { formatCount } from '../format.ts';

/** The parameters that a method resolved for a budget (`choices` of its record, free-form JSON), made short. */
export interface ResolvedParameters {
  readonly plain: readonly { readonly name: string; readonly value: string }[];
  /** Lists with an entry for each field of the data, in the order of the fields. */
  readonly perField: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** Floats per id of the blocks of each field, of which a picture can be drawn; undefined without such a list. */
  readonly widths: readonly (readonly number[])[] | undefined;
}

/** Names of lists that hold floats per id (harness/contract/method.ts, `choices`). */
const drawn = ['widths', 'ranks'];

/** `fields`: the number of fields of the data. */
export function resolvedParameters(
  choices: Readonly<Record<string, unknown>>,
  fields: number,
): ResolvedParameters {
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

const maxLength = 60;

/** A number, a word or a short list whole; the length and the range of a long list. */
export function shortText(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return cut(value);
  if (!Array.isArray(value)) return cut(canonicalJson(value));
  const whole = value
    .map((inner) => (Array.isArray(inner) ? canonicalJson(inner) : shortText(inner)))
    .join(', ');
  return whole.length <= maxLength ? whole : rangeText(value);
}

function rangeText(list: readonly unknown[]): string {
  return cut(`${formatCount(list.length)} of ${extentText(list)}`);
}

/** `1 to 16, whole`: the range of the numbers of a list, at any depth, and its words. */
function extentText(list: readonly unknown[]): string {
  const numbers = numbersOf(list);
  const words = [...new Set(list.flat().filter((item) => typeof item === 'string'))];
  const named = words.length > 3 ? [`${words.slice(0, 3).map(cut).join(', ')}, …`] : words.map(cut);
  if (numbers.length === 0) return named.length === 0 ? 'nothing plain' : cut(named.join(', '));
  let [min, max] = [Infinity, -Infinity];
  for (const number of numbers) [min, max] = [Math.min(min, number), Math.max(max, number)];
  const range = min === max ? numberText(min) : `${numberText(min)} to ${numberText(max)}`;
  return cut([range, ...named].join(', '));
}

/** The finite numbers of a value, at any depth. */
function numbersOf(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(numbersOf);
  return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
}

function numberText(value: number): string {
  const text = Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(4)));
  return text.replace(/^-/, '−');
}

const cut = (text: string) => (text.length <= maxLength ? text : `${text.slice(0, maxLength - 2)} …`);
