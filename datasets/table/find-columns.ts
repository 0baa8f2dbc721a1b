import { alternatives } from '../../base/find-named.ts';
import { UserError } from '../../base/user-error.ts';

export interface ColumnFinder {
  /** The column of this name, or of this number from 1 on. Throws a UserError that suggests the nearest name. */
  one(name: string, role: string): { readonly at: number; readonly name: string };
  /** The columns that a pattern with `*` matches, in their order. Throws a UserError if there is none. */
  like(pattern: string, role: string): readonly number[];
}

/** Finds columns by name. It throws a UserError for a name of two columns only if that is asked for: a log may have others that nobody reads. */
export function columnFinder(columns: readonly string[], place: string): ColumnFinder {
  const places = new Map<string, number>();
  const again = new Map<string, number>();
  columns.forEach((name, at) => {
    if (!places.has(name)) places.set(name, at);
    else if (!again.has(name)) again.set(name, at);
  });
  const requireOne = (name: string) => {
    const second = again.get(name);
    if (second !== undefined)
      throw new UserError(
        `${place}: columns ${places.get(name)! + 1} and ${second + 1} are both called ${name}; rename one of them in the header`,
      );
  };
  return {
    one(name, role) {
      requireOne(name);
      const at = places.get(name) ?? byNumber(name, columns.length);
      if (at !== undefined) return { at, name: columns[at] };
      throw new UserError(
        `${place}: ${role}: no column is called "${name}": there are ${shownNames(columns, name)}`,
      );
    },
    like(pattern, role) {
      const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      const rule = new RegExp(`^${parts.join('.*')}$`, 's');
      const found = [...columns.keys()].filter((at) => rule.test(columns[at]));
      if (found.length === 0)
        throw new UserError(
          `${place}: ${role}: no column is like "${pattern}": there are ${shownNames(columns, pattern)}`,
        );
      for (const at of found) requireOne(columns[at]);
      return found;
    },
  };
}

function byNumber(text: string, count: number): number | undefined {
  return /^[1-9][0-9]*$/.test(text) && Number(text) <= count ? Number(text) - 1 : undefined;
}

/** More names than this do not fit in a line; the nearest one is suggested whatever their number is. */
const mostShown = 12;

function shownNames(columns: readonly string[], wanted: string): string {
  const shown =
    columns.length > mostShown
      ? [...columns.slice(0, mostShown - 1), `and ${columns.length - mostShown + 1} more`]
      : columns;
  // Columns differ in case alone rarely, and typing errors in it are common.
  const same = columns.find((name) => name.toLowerCase() === wanted.toLowerCase());
  return same === undefined
    ? alternatives(shown, wanted, columns)
    : `${shown.join(', ')}; did you mean ${same}?`;
}
