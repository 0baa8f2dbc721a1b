import { UserError } from '../../../base/user-error.ts';
import { tooMany } from '../count-rule.ts';
import type { CategoricalColumn, ResolvedColumns, TableBlock } from '../reader.ts';
import { ColumnCursor } from './column-cursor.ts';
import type { ParquetColumn } from './columns.ts';
import { BadValue } from './damage.ts';
import { ListCursor } from './list-cursor.ts';
import { floatSink, integerSink } from './numbers.ts';
import type { ParquetFile } from './open-file.ts';
import { countSink, derivedSink, labelSink, partSink, timeSink, weightSink } from './role-sinks.ts';
import type { Out, Sink } from './sink.ts';
import { TextListCursor, TextPlaces } from './text-lists.ts';
import { tokenSink } from './tokens.ts';

/** Reads the chosen columns of a file block by block, into arrays that the next block reuses. */
export interface BlockReader {
  read(rows: number): TableBlock;
  /** Called behind the last row. Throws a UserError if a column goes on. */
  end(): void;
}

/** A column on its way into blocks: `read` gives its array for the next rows. */
interface Source<A extends Out> {
  read(rows: number): A;
  readonly cursor: ColumnCursor<A>;
}

export function blockReader(
  file: ParquetFile,
  columns: ResolvedColumns,
  blockRows: number,
  onBytes: (bytes: Uint8Array) => void,
): BlockReader {
  const cursors: { requireEnd(): void }[] = [];
  const cursorOf = <A extends Out>(at: number, sinkOf: (column: ParquetColumn) => Sink<A>) => {
    const cursor = new ColumnCursor(file, file.columns[at], sinkOf(file.columns[at]), { onBytes });
    cursors.push(cursor);
    return cursor;
  };
  const single = <A extends Out>(at: number, sinkOf: (column: ParquetColumn) => Sink<A>): Source<A> => {
    requireSingle(file, file.columns[at]);
    const cursor = cursorOf(at, sinkOf);
    const values = cursor.sink.array(blockRows);
    const { width } = cursor.sink;
    return {
      cursor,
      read(rows) {
        cursor.read(values, 0, rows);
        return values.subarray(0, width * rows) as A;
      },
    };
  };

  const { label, counts, numeric, categorical, derived, time, weight, part } = columns;
  const labels = label && single(label.at, ({ form }) => labelSink(form, label.rule));
  const noLabels = new Uint8Array(label ? 0 : blockRows);
  const clicks = counts && single(counts.clicks.at, ({ form }) => countSink(form, 0));
  const impressions = counts && single(counts.impressions.at, ({ form }) => countSink(form, 1));
  const dense = numeric.map(({ at, form, missing }) =>
    form === 'integer'
      ? single(at, (column) => integerSink(column.form, missing))
      : single(at, (column) => floatSink(column.form, missing)),
  );
  const tokens = categorical.map((column) => tokensOf(column));
  const derivedTokens = derived.map(({ take }) =>
    single(time!.at, ({ form }) => derivedSink(form, time!.form, take)),
  );
  const times = time && single(time.at, ({ form }) => timeSink(form, time.form));
  const weights = weight && single(weight.at, ({ form }) => weightSink(form));
  const partOfRow = part && single(part.at, ({ form }) => partSink(form));

  function tokensOf(column: CategoricalColumn) {
    const stored = file.columns[column.at];
    if (column.several === undefined) {
      const source = single(column.at, ({ form }) => tokenSink(form, column));
      return (rows: number) => ({ tokens: source.read(rows), lengths: undefined });
    }
    requireUsable(file, stored);
    if (stored.list) {
      const lists = new ListCursor(cursorOf(column.at, ({ form }) => tokenSink(form, column)));
      return (rows: number) => lists.read(rows);
    }
    if (stored.form.kind === 'text') {
      const places = new TextPlaces();
      const cursor = cursorOf(column.at, () => places);
      const lists = new TextListCursor(cursor, places, column.several.separator, column.missing);
      return (rows: number) => lists.read(rows);
    }
    const source = single(column.at, ({ form }) => tokenSink(form, column));
    const one = new Uint8Array(blockRows).fill(1);
    return (rows: number) => ({ tokens: source.read(rows), lengths: one.subarray(0, rows) });
  }

  function countsOf(rows: number) {
    if (!clicks || !impressions) return {};
    const own = { clicks: clicks.read(rows), impressions: impressions.read(rows) };
    for (let row = 0; row < rows; row++)
      if (own.clicks[row] > own.impressions[row])
        clicks.cursor.named(() => {
          throw new BadValue(tooMany(own.clicks[row], own.impressions[row]));
        });
    return { counts: own };
  }

  const several = categorical.some(({ several }) => several !== undefined);
  return {
    read(rows) {
      const lists = tokens.map((read) => read(rows));
      const taken = derivedTokens.map((source) => source.read(rows));
      return {
        size: rows,
        labels: labels ? labels.read(rows) : noLabels.subarray(0, rows),
        ...countsOf(rows),
        dense: dense.map((source) => source.read(rows)),
        tokens: [...lists.map(({ tokens }) => tokens), ...taken],
        ...(several && { lengths: [...lists.map(({ lengths }) => lengths), ...taken.map(() => undefined)] }),
        ...(times && { times: times.read(rows) }),
        ...(weights && { weights: weights.read(rows) }),
        ...(partOfRow && { parts: partOfRow.read(rows) }),
      };
    },
    end() {
      for (const cursor of cursors) cursor.requireEnd();
    },
  };
}

function requireUsable({ path }: ParquetFile, { name, unusable }: ParquetColumn): void {
  if (unusable !== undefined)
    throw new UserError(
      `${path}: column ${name} is a ${unusable}, which no role takes; write it as plain values or as a list of them`,
    );
}

function requireSingle(file: ParquetFile, column: ParquetColumn): void {
  requireUsable(file, column);
  if (column.list)
    throw new UserError(
      `${file.path}: column ${column.name} is a ${column.type}: a row has several values; name it under multi in a schema`,
    );
}
