import { parquetReader } from '../../../datasets/table/parquet/parquet-reader.ts';
import type { ReadContext } from '../../../datasets/table/reader.ts';
import { resolveColumns } from '../../../datasets/table/resolve.ts';
import { tableSchema, type WrittenSchema } from '../../../datasets/table/schema.ts';

/** All rows of a file by column: plain arrays, copied from every block. */
export interface ReadTable {
  readonly sizes: number[];
  readonly labels: number[];
  readonly dense: number[][];
  readonly tokens: number[][];
  readonly lengths: (number[] | undefined)[];
  readonly times: number[];
  readonly weights: number[];
  readonly parts: number[];
}

export async function readTable(
  path: string,
  schema: WrittenSchema,
  context: Partial<ReadContext> = {},
): Promise<ReadTable> {
  const reader = parquetReader(path);
  const columns = resolveColumns(tableSchema.parse(schema), reader.columns, path);
  const table: ReadTable = {
    sizes: [],
    labels: [],
    dense: [],
    tokens: [],
    lengths: [],
    times: [],
    weights: [],
    parts: [],
  };
  const badLines = { most: 0, count: 0, first: [] };
  for await (const block of reader.blocks(columns, { badLines, ...context })) {
    table.sizes.push(block.size);
    table.labels.push(...block.labels);
    block.dense.forEach((values, f) => (table.dense[f] ??= []).push(...values));
    block.tokens.forEach((values, f) => (table.tokens[f] ??= []).push(...values));
    block.lengths?.forEach((values, f) => {
      if (values) (table.lengths[f] ??= []).push(...values);
    });
    table.times.push(...(block.times ?? []));
    table.weights.push(...(block.weights ?? []));
    table.parts.push(...(block.parts ?? []));
  }
  return table;
}
