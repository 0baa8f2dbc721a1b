import { distance } from 'fastest-levenshtein';
import { UserError } from './user-error.ts';

interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/** Finds an item by name or alias. Throws a UserError that suggests the nearest name. */
export function findNamed<T extends Named>(list: readonly T[], kind: string, wanted: string): T {
  const names = (item: T) => [item.name, ...(item.aliases ?? [])];
  const found = list.find((item) => names(item).includes(wanted.toLowerCase()));
  if (found !== undefined) return found;
  const shown = list.map(({ name }) => name);
  throw new UserError(
    `no ${kind} is called "${wanted}": there are ${alternatives(shown, wanted, list.flatMap(names))}`,
  );
}

/** A longer list of names would not help after a typing error. */
const maxShown = 16;

/** `a, b, c`, and `; did you mean b?` if one of the candidates is near. */
export function alternatives(shown: readonly string[], wanted: string, candidates = shown): string {
  const meant = nearest(candidates, wanted.toLowerCase());
  const there = shown.length > maxShown ? `${shown.length}, see npm run list` : shown.join(', ');
  return there + (meant === undefined ? '' : `; did you mean ${meant}?`);
}

/** The items of a list at its commas; those in brackets belong to an item. */
export function separated(list: string): string[] {
  return list.split(/,(?![^(]*\))/).map((item) => item.trim());
}

/** A name that begins so, or that is a few typing errors away; undefined if it would be a guess. */
function nearest(names: readonly string[], wanted: string): string | undefined {
  const begun = wanted.length >= 3 ? names.find((name) => name.startsWith(wanted)) : undefined;
  if (begun !== undefined) return begun;
  const slips = (name: string) => distance(name, wanted);
  const [closest] = [...names].sort((a, b) => slips(a) - slips(b));
  // More errors than half the letters make another word.
  return closest !== undefined && slips(closest) <= Math.min(3, wanted.length / 2) ? closest : undefined;
}
