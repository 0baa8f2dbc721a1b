import { endOf, type PartRange } from './split-parts.ts';

/**
 * Counts how many values of a part have one id, while all values come by in chunks. `startOf` is the first value of a row: the row itself, or
 * the begin of its list.
 */
export function shareCounter(
  part: PartRange,
  startOf: (row: number) => number,
  id: number,
): { count(ids: Uint32Array, first: number): void; share(): number } {
  let row = part.start;
  let at = startOf(row);
  let [hits, all] = [0, 0];
  return {
    count(ids, first) {
      const end = first + ids.length;
      for (; row < endOf(part) && at < end; row += part.step, at = startOf(row)) {
        const last = startOf(row + 1);
        for (; at < last && at < end; at++, all++) if (ids[at - first] === id) hits++;
        if (at < last) return; // the list goes on in the next chunk
      }
    },
    share: () => hits / all,
  };
}
