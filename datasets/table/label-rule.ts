import { UserError } from '../../base/user-error.ts';

/** The rule by which a value becomes a label: `>=4` makes ratings of 4 and more 1, and all others 0. */
export interface LabelRule {
  readonly compare: Comparison;
  /** The text on the right of the sign. */
  readonly value: string;
}

type Comparison = '>=' | '<=' | '!=' | '=' | '>' | '<';

/**
 * `rating>=4` as a column and its rule; a text without a sign is a column alone. Quotes around a value are left out. Throws a UserError for half
 * a rule, and for a sign that is none.
 */
export function parseLabel(text: string): { column: string; rule: LabelRule | undefined } {
  const match = /^(.*?)\s*(>=|<=|!=|==|=|>|<)\s*(.*)$/.exec(text);
  if (match === null) return { column: text.trim(), rule: undefined };
  const [, column, sign, quoted] = match as unknown as [string, string, Comparison | '==', string];
  const value = quoted.trim().replace(/^(["'])(.*)\1$/, '$2');
  const compare = sign === '==' ? '=' : sign;
  if (column.trim() === '' || value === '')
    throw new UserError(`--label ${text}: expected a column and its rule, such as rating>=4 or event=click`);
  if (/^[<>=!]/.test(quoted))
    throw new UserError(
      `--label ${text}: ${sign}${quoted[0]} is no comparison: use one of >=, >, <=, <, = and !=, and quotes around a value that begins so`,
    );
  if (compare !== '=' && compare !== '!=' && !isNumber(value))
    throw new UserError(`--label ${text}: ${value} is no number; ${sign} compares numbers, = compares texts`);
  return { column: column.trim(), rule: { compare, value } };
}

/** Finite decimal numbers alone: neither 0x10 nor an empty text. */
const numberPattern = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
export const isNumber = (text: string): boolean => numberPattern.test(text) && Number.isFinite(Number(text));

/** Labels without a rule that are no numbers. */
const words = new Map<string, 0 | 1>([
  ...(['true', 'True', 'TRUE'] as const).map((word) => [word, 1] as const),
  ...(['false', 'False', 'FALSE'] as const).map((word) => [word, 0] as const),
]);

/** The label that a cell stands for; undefined if the rule does not say. A missing cell ('') has no label. */
export function labelOf(cell: string, rule: LabelRule | undefined): 0 | 1 | undefined {
  if (cell === '') return undefined;
  if (rule === undefined) {
    if (!isNumber(cell)) return words.get(cell);
    const number = Number(cell);
    return number === 1 ? 1 : number === 0 || number === -1 ? 0 : undefined; // -1 as in libsvm
  }
  const { compare, value } = rule;
  if (compare === '=' || compare === '!=') {
    const equal = isNumber(cell) && isNumber(value) ? Number(cell) === Number(value) : cell === value;
    return equal === (compare === '=') ? 1 : 0;
  }
  if (!isNumber(cell)) return undefined;
  const [left, right] = [Number(cell), Number(value)];
  const holds =
    compare === '>='
      ? left >= right
      : compare === '<='
        ? left <= right
        : compare === '>'
          ? left > right
          : left < right;
  return holds ? 1 : 0;
}
