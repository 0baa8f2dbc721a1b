import { sum } from '../../base/sum.ts';
import { measure, type SampleRule, type TableErrors } from './measure.ts';
import { idsFrom, openFile } from './open-in-pieces.ts';
import type { PlannedLayer } from './plan-layers.ts';
import type { WrittenTables } from './write-tables.ts';

/** Compares what is stored in a file with the tables that it was made of, in the order of `written`. */
export function compareTables(
  path: string,
  written: WrittenTables,
  planned: readonly PlannedLayer[],
  rule: SampleRule,
): TableErrors[] {
  const { lookups, lookupsOf, close } = openFile(path, written);
  try {
    const own = lookupsOf(written.ownRows);
    return planned.flatMap(({ dim, tables, counts }) =>
      tables.map(({ name, source }, i) => {
        const decode = (from: number, to: number) => {
          const ids = idsFrom(from, to);
          return { values: lookups.vectors(name, ids), shared: to - from - sum(own.vectors(name, ids)) };
        };
        return measure({ name, rows: source.rows, width: dim, decode }, source, counts?.[i], rule);
      }),
    );
  } finally {
    close();
  }
}
