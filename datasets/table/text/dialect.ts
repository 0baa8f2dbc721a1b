/** The outer form of a text table. */
export interface Dialect {
  /** One ASCII character, or `::`. */
  readonly separator: string;
  /** The character around cells, or empty. */
  readonly quote: string;
  readonly header: boolean;
}

export const lineFeed = 10;
export const carriageReturn = 13;
