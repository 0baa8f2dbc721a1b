import { cellScanner, emptyCell } from './scan-cell.ts';
import { lineFeed } from './dialect.ts';
import { textOf } from './cell-writers.ts';

/** Separators that are recognised, the first one of equals: tabs and pairs of colons are rare in cells. */
const separators = ['\t', '::', ',', ';', '|', ' '];
const lines = 20;

/**
 * The separator with which the first lines have the same number of columns, at least two; with most columns if there are several. Undefined if
 * there is none.
 */
export function detectSeparator(head: Uint8Array, quote: string): string | undefined {
  let best: { separator: string; columns: number } | undefined;
  for (const separator of separators) {
    const records = headRecords(head, separator, separator === '::' ? '' : quote, lines);
    const [first] = records;
    if (first === undefined || first.length < 2) continue;
    if (records.some((cells) => cells.length !== first.length)) continue;
    // A space within the cells of another separator makes no columns of its own.
    if (best === undefined || (separator !== ' ' && first.length > best.columns))
      best = { separator, columns: first.length };
  }
  return best?.separator;
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
