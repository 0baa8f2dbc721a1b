import { endOf, type PartRange } from './split-parts.ts';

/**
 * Counts how many values of a part have one id, none of them if there is no such id, while all values come by in chunks. A row has one value, or those from `starts[row]` to before
 * `starts[row + 1]`.
 */
export function shareCounter(
  part: PartRange,
  starts: Uint32Array | undefined,
  id: number | undefined,
): { count(ids: Uint32Array, first: number): void; share(): number } {
  const { start, step } = part;
  const last = endOf(part);
  let row = start;
  let at = starts ? starts[row] : row;
  let [hits, all] = [0, 0];

  function countRows(ids: Uint32Array, first: number): void {
    const end = Math.min(last - first, ids.length);
    let [i, found, counted] = [row - first, 0, 0];
    for (; i < end; i += step, counted++) if (ids[i] === id) found++;
    row = first + i;
    hits += found;
    all += counted;
  }

  function countLists(starts: Uint32Array, ids: Uint32Array, first: number): void {
    const end = first + ids.length;
    for (; row < last && at < end; row += step, at = starts[row]) {
      const next = starts[row + 1];
      for (; at < next && at < end; at++, all++) if (ids[at - first] === id) hits++;
      if (at < next) return; // the list goes on in the next chunk
    }
  }

  return {
    count: (ids, first) => (starts ? countLists(starts, ids, first) : countRows(ids, first)),
    share: () => hits / all,
  };
}
