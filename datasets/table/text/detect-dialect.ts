import { cellScanner, emptyCell } from './scan-cell.ts';
import { lineFeed } from './dialect.ts';
import { textOf } from './cell-writers.ts';

/** Separators that are recognised, the first one of equals: tabs and pairs of colons are rare in cells. */
const separators = ['\t', '::', ',', ';', '|', ' '];
const lines = 20;

/**
 * The separator with which most of the first lines, at least half of them, have one number of columns of at least two; with most columns if
 * several are equal in that. A space is one only if nothing else is. Undefined if there is none.
 */
export function detectSeparator(head: Uint8Array, quote: string): string | undefined {
  let best: { separator: string; share: number; columns: number } | undefined;
  for (const separator of separators) {
    const records = headRecords(head, separator, separator === '::' ? '' : quote, lines);
    const { columns, share } = usualWidth(records);
    if (columns < 2 || share < 0.5 || (best !== undefined && separator === ' ')) continue;
    if (best === undefined || share > best.share || (share === best.share && columns > best.columns))
      best = { separator, share, columns };
  }
  return best?.separator;
}

/** The number of columns that most records have, and their share; of equals the first one. */
export function usualWidth(records: readonly (readonly string[])[]): { columns: number; share: number } {
  const counts = new Map<number, number>();
  for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1);
  let [columns, most] = [0, 0];
  for (const [length, count] of counts) if (count > most) [columns, most] = [length, count];
  return { columns, share: most / Math.max(1, records.length) };
}

/** The first records of a text as texts; one that its end cuts is left out. */
export function headRecords(head: Uint8Array, separator: string, quote: string, most: number): string[][] {
  const found: string[][] = [];
  for (const cells of records(head, separator, quote)) {
    found.push(cells);
    if (found.length === most) break;
  }
  return found;
}

/** All records of a text as texts, one after the other; one that its end cuts is left out. */
export function* records(text: Uint8Array, separator: string, quote: string): Generator<string[]> {
  const end = text.lastIndexOf(lineFeed) + 1;
  const scan = cellScanner(separator, quote);
  const cell = emptyCell();
  let at = 0;
  while (at < end) {
    const cells: string[] = [];
    do {
      if (!scan(text, at, end, cell)) return;
      cells.push(textOf(cell.bytes, cell.from, cell.to));
      at = cell.next;
    } while (!cell.last);
    yield cells;
  }
}
