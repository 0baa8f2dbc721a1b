import type { ColumnCursor, OpenPage } from './column-cursor.ts';
import { BadValue, Damage } from './damage.ts';

/** The values of a column of lists: how many every row has, at least one, and all of them one row after the other. */
export interface Lists {
  readonly lengths: Uint8Array; // [count]
  readonly tokens: Uint32Array; // [sum of lengths, words]
}

/** Levels of a page, read at once: the end of a row is known only where the next one begins. */
interface Entries {
  readonly page: OpenPage<Uint32Array>;
  readonly starts: Uint32Array; // 0 where a row begins
  readonly levels: Uint32Array;
  at: number;
}

/** Values of a row, at most: their number is a byte. */
export const mostValues = 255;

/** Reads a column of lists row by row. Nulls in a list are left out; a row without values has one, the missing one. */
export class ListCursor {
  private readonly cursor: ColumnCursor<Uint32Array>;
  private entries: Entries | undefined;
  private tokens = new Uint32Array(0);
  private spread = new Uint32Array(0);
  private lengths = new Uint8Array(0);

  constructor(cursor: ColumnCursor<Uint32Array>) {
    this.cursor = cursor;
  }

  /** The next `count` rows; the arrays are reused by the next call. Throws a UserError as the cursor does. */
  read(count: number): Lists {
    return this.cursor.named(() => {
      if (this.lengths.length < count) this.lengths = new Uint8Array(count);
      const lengths = this.lengths.subarray(0, count).fill(0);
      let row = -1;
      let values = 0;
      for (let entries; (entries = this.next()) !== undefined;) {
        const { starts, levels, page } = entries;
        const there = this.cursor.column.definition;
        let present = 0;
        let at = entries.at;
        for (; at < levels.length; at++) {
          if (starts[at] === 0 && ++row === count) break;
          if (row < 0) throw new Damage('it begins within a list');
          if (levels[at] !== there) continue;
          if (lengths[row] === mostValues)
            throw new BadValue(
              `a list has more than ${mostValues} values; write at most ${mostValues} a row`,
            );
          lengths[row]++;
          present++;
        }
        this.reserve(values + present);
        page.values.read(this.tokens, values, present);
        values += present;
        entries.at = at;
        page.left = levels.length - at;
        if (row === count) break;
      }
      if (row < count - 1) throw new Damage('there are fewer values than rows');
      return this.withMissing(lengths, values);
    });
  }

  private next(): Entries | undefined {
    const page = this.cursor.page();
    if (page === undefined) return undefined;
    if (this.entries?.page !== page) {
      const { values, repetition, definition } = page.page;
      const [starts, levels] = [new Uint32Array(values), new Uint32Array(values)];
      repetition!.read(starts, values);
      definition!.read(levels, values);
      this.entries = { page, starts, levels, at: 0 };
    }
    return this.entries;
  }

  private reserve(values: number): void {
    const size = values * this.cursor.sink.width;
    if (this.tokens.length >= size) return;
    const larger = new Uint32Array(2 * size);
    larger.set(this.tokens);
    this.tokens = larger;
  }

  /** Gives every row without values the missing one. */
  private withMissing(lengths: Uint8Array, values: number): Lists {
    const { sink } = this.cursor;
    const { width } = sink;
    const empty = lengths.reduce((sum, length) => sum + Number(length === 0), 0);
    if (empty === 0) return { lengths, tokens: this.tokens.subarray(0, values * width) };
    if (this.spread.length < (values + empty) * width)
      this.spread = new Uint32Array(2 * (values + empty) * width);
    let [from, to] = [0, 0];
    for (let row = 0; row < lengths.length; row++) {
      if (lengths[row] === 0) {
        lengths[row] = 1;
        sink.writeMissing(this.spread, to, ++to);
        continue;
      }
      const end = from + lengths[row] * width;
      for (let at = to * width; from < end;) this.spread[at++] = this.tokens[from++];
      to += lengths[row];
    }
    return { lengths, tokens: this.spread.subarray(0, to * width) };
  }
}
