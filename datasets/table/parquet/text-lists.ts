import { writeToken } from '../../text-token.ts';
import type { ByteCells } from './cells.ts';
import { BadValue } from './damage.ts';
import type { ColumnCursor } from './column-cursor.ts';
import { type Lists, mostValues } from './list-cursor.ts';
import type { Sink } from './sink.ts';

/** Texts as places in the pages that they are in: the number of the bytes, start and end. Number 0 is the missing value. */
export class TextPlaces implements Sink<Uint32Array> {
  readonly width = 3;
  private readonly pages = new Map<number, Uint8Array>();
  private last = 0;
  private dictionary = 0;

  array(count: number): Uint32Array {
    return new Uint32Array(3 * count);
  }

  newDictionary(): void {
    this.dictionary = this.last + 1;
  }

  write(cells: ByteCells, out: Uint32Array, at: number): void {
    if (cells.length === 0) return;
    if (this.pages.get(this.last) !== cells.bytes) this.pages.set(++this.last, cells.bytes);
    for (let i = 0, to = 3 * at; i < cells.length; i++) {
      out[to++] = this.last;
      out[to++] = cells.starts[i];
      out[to++] = cells.ends[i];
    }
  }

  writeMissing(out: Uint32Array, from: number, to: number): void {
    out.fill(0, 3 * from, 3 * to);
  }

  bytesOf(number: number): Uint8Array {
    return this.pages.get(number)!;
  }

  /** Forgets all pages but the last one and the dictionary, from which the next rows may be read. */
  forget(): void {
    for (const number of this.pages.keys())
      if (number !== this.last && number !== this.dictionary) this.pages.delete(number);
  }
}

/** A column of texts with a separator between values, as `a|b|c`, as lists. A text without values has one, the missing one. */
export class TextListCursor {
  private readonly cursor: ColumnCursor<Uint32Array>;
  private readonly places: TextPlaces;
  private readonly separator: number;
  private readonly absent: readonly Buffer[];
  private tokens = new Uint32Array(3 * 1024);
  private rows = new Uint32Array(0);
  private lengths = new Uint8Array(0);

  constructor(
    cursor: ColumnCursor<Uint32Array>,
    places: TextPlaces,
    separator: string,
    missing: readonly string[],
  ) {
    this.cursor = cursor;
    this.places = places;
    this.separator = separator.charCodeAt(0);
    this.absent = missing.map((cell) => Buffer.from(cell));
  }

  /** The next `count` rows; the arrays are reused by the next call. Throws a UserError as the cursor does. */
  read(count: number): Lists {
    if (this.rows.length < 3 * count) this.rows = new Uint32Array(3 * count);
    if (this.lengths.length < count) this.lengths = new Uint8Array(count);
    this.places.forget();
    this.cursor.read(this.rows, 0, count);
    const lengths = this.lengths.subarray(0, count);
    let values = 0;
    this.cursor.named(() => {
      for (let row = 0; row < count; row++) {
        const [page, start, end] = this.rows.subarray(3 * row, 3 * row + 3);
        const before = values;
        if (page !== 0) values = this.split(this.places.bytesOf(page), start, end, values);
        if (values - before > mostValues)
          throw new BadValue(`a text has more than ${mostValues} values; write at most ${mostValues} a row`);
        if (values === before) {
          this.reserve(values + 1);
          this.tokens.fill(0, 3 * values, 3 * ++values);
        }
        lengths[row] = values - before;
      }
    });
    return { lengths, tokens: this.tokens.subarray(0, 3 * values) };
  }

  /** Writes the values of a text as tokens `values` on; returns how many there are then. Empty ones are left out. */
  private split(bytes: Uint8Array, from: number, to: number, values: number): number {
    const text = bytes.subarray(from, to);
    if (this.absent.some((cell) => cell.length === text.length && cell.compare(text) === 0)) return values;
    for (let p = 0, start = 0; p <= text.length; p++) {
      if (p < text.length && text[p] !== this.separator) continue;
      if (p > start) {
        this.reserve(values + 1);
        writeToken(text, start, p, this.tokens, 3 * values++);
      }
      start = p + 1;
    }
    return values;
  }

  private reserve(values: number): void {
    if (this.tokens.length >= 3 * values) return;
    const larger = new Uint32Array(6 * values);
    larger.set(this.tokens);
    this.tokens = larger;
  }
}
