import { distance } from 'fastest-levenshtein';
import { Fault } from '../harness/contract/fault.ts';

interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/** Finds by name or alias; a name that does not exist is a Fault that suggests the nearest. */
export function findNamed<T extends Named>(list: readonly T[], kind: string, wanted: string): T {
  const names = (item: T) => [item.name, ...(item.aliases ?? [])];
  const found = list.find((item) => names(item).includes(wanted.toLowerCase()));
  if (found !== undefined) return found;
  const [nearest] = list.flatMap(names).sort((a, b) => distance(a, wanted) - distance(b, wanted));
  const hint = distance(nearest, wanted) <= 3 ? `did you mean ${nearest}? ` : '';
  throw new Fault(
    `no ${kind} is called "${wanted}": ${hint}There are ${list.map(({ name }) => name).join(', ')}`,
  );
}
