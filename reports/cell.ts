import { formatError, formatFixed } from './format.ts';

/** A number in a table. */
export interface Cell {
  readonly text: string;
  /** Smaller, behind the text. */
  readonly error: string | undefined;
  /** The value that the table sorts by; undefined if there is none. */
  readonly sort: number | undefined;
}

export const emptyCell: Cell = { text: '–', error: undefined, sort: undefined };

export function plainCell(text: string, sort: number | undefined): Cell {
  return { text, error: undefined, sort };
}

/** The value, and its error bar where there is one. `format` writes the value, `formatOfError` the error. */
export function estimateCell(
  estimate: { readonly value: number; readonly error: number | undefined } | undefined,
  format: (value: number) => string = formatFixed,
  formatOfError: (value: number) => string = formatFixed,
): Cell {
  if (estimate === undefined) return emptyCell;
  const { value, error } = estimate;
  return {
    text: format(value),
    error: error === undefined ? undefined : formatError(error, formatOfError),
    sort: value,
  };
}
