import { UserError } from '../../../base/user-error.ts';
import type { ParquetColumn } from './columns.ts';
import { BadValue, Damage } from './damage.ts';
import { type ParquetFile, requireReadable } from './open-file.ts';
import { type Page, pagesOf } from './pages.ts';
import type { Out, Sink } from './sink.ts';
import { type Dictionary, dictionaryOf, type ValueReader, valuesOf } from './value-reader.ts';

/** A data page that is being read. */
export interface OpenPage<A extends Out> {
  /** Values that are left, nulls included. */
  left: number;
  readonly page: Page;
  readonly values: ValueReader<A>;
}

export interface CursorOptions {
  readonly onBytes?: (bytes: Uint8Array) => void;
  /** Row groups to read; all if absent. */
  readonly groups?: readonly number[];
}

/**
 * One column of a file from its first row to its last, page after page through all row groups: in memory are one page and one
 * dictionary, however large a group is.
 */
export class ColumnCursor<A extends Out> {
  readonly column: ParquetColumn;
  readonly sink: Sink<A>;
  private readonly file: ParquetFile;
  private readonly pages: Generator<OpenPage<A>>;
  private open: OpenPage<A> | undefined;
  private group = 0;
  private levels = new Uint32Array(0);

  constructor(file: ParquetFile, column: ParquetColumn, sink: Sink<A>, options: CursorOptions = {}) {
    this.file = file;
    this.column = column;
    this.sink = sink;
    this.pages = this.openPages(options);
  }

  /** Writes the next `count` rows as values `at` on. Throws a UserError that names file, row group and column. */
  read(out: A, at: number, count: number): void {
    this.named(() => {
      for (const end = at + count; at < end;) {
        const page = this.page();
        if (page === undefined) throw new Damage('there are fewer values than rows');
        const some = Math.min(page.left, end - at);
        this.readFrom(page, out, at, some);
        page.left -= some;
        at += some;
      }
    });
  }

  /** The page with the next value, undefined behind the last one. */
  page(): OpenPage<A> | undefined {
    while (this.open === undefined || this.open.left === 0) {
      const next = this.pages.next();
      if (next.done) return undefined;
      this.open = next.value;
    }
    return this.open;
  }

  /** Throws a UserError if there are more values. */
  requireEnd(): void {
    this.named(() => {
      if (this.page() !== undefined) throw new Damage('there are more values than rows');
    });
  }

  /** Runs `work`; an error about bytes or values becomes a UserError that names the place. */
  named<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const place = `${this.file.path}: row group ${this.group + 1}, column ${this.column.name}`;
      if (error instanceof BadValue) throw new UserError(`${place}: ${error.message}`);
      if (error instanceof Damage)
        throw new UserError(`${place}: is damaged (${error.message}); write or download the file again`);
      throw error;
    }
  }

  private readFrom({ page, values }: OpenPage<A>, out: A, at: number, count: number): void {
    const { definition } = page;
    if (definition === undefined) return values.read(out, at, count);
    const { definition: there } = this.column;
    const one = definition.same(count);
    if (one === there) return values.read(out, at, count);
    if (one !== undefined) return this.sink.writeMissing(out, at, at + count);
    if (this.levels.length < count) this.levels = new Uint32Array(count);
    const levels = this.levels;
    definition.read(levels, count);
    let present = 0;
    for (let i = 0; i < count; i++) if (levels[i] === there) present++;
    values.read(out, at, present);
    if (present < count) this.spread(out, at, count, present);
  }

  /** Moves the values that were written one after the other to their rows, from the last to the first. */
  private spread(out: A, at: number, count: number, present: number): void {
    const { levels, sink } = this;
    const { width } = sink;
    const there = this.column.definition;
    for (let i = count - 1, value = present - 1; i > value; i--) {
      if (levels[i] !== there) continue;
      for (let w = 0; w < width; w++) out[width * (at + i) + w] = out[width * (at + value) + w];
      value--;
    }
    for (let i = 0; i < count; i++) if (levels[i] !== there) sink.writeMissing(out, at + i, at + i + 1);
  }

  private *openPages({ onBytes, groups }: CursorOptions): Generator<OpenPage<A>> {
    const { file, column, sink } = this;
    for (const group of groups ?? file.groups.keys()) {
      this.group = group;
      const { rows, chunks } = file.groups[group];
      const chunk = chunks[column.leaf];
      requireReadable(file.path, group, column.name, chunk);
      if (!column.list && chunk.values !== rows) throw new Damage(`${chunk.values} values in ${rows} rows`);
      let dictionary: Dictionary<A> | undefined;
      for (const page of pagesOf(file, chunk, column, onBytes)) {
        if (page.dictionary) dictionary = dictionaryOf(page, column, sink);
        else yield { left: page.values, page, values: valuesOf(page, column, sink, dictionary) };
      }
    }
  }
}
