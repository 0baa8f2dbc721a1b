import type { OpenBackend, Rows } from '../contract/backend.ts';
import type { Plan, Table, Weight } from '../contract/method.ts';
import { tableFloats, tableRows } from '../contract/table-shape.ts';
import { Embedding } from '../embedding/embedding.ts';
import { HostRows } from '../embedding/host-rows.ts';
import { packBits, unpackBits } from './bits.ts';
import { codecOf } from './codecs.ts';
import { ServedRows } from './served-rows.ts';

/** All that is stored of an embedding layer to answer lookups, in the order of its plan. */
export interface ServedLayer {
  readonly tables: readonly Uint8Array[];
  readonly weights: readonly Uint8Array[];
  readonly maps: readonly Uint8Array[];
}

/** The bytes, as many as sizeOf counts. */
export function servedBytes({ tables, weights, maps }: ServedLayer): number {
  return [...tables, ...weights, ...maps].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

export async function saveServing(embedding: Embedding): Promise<ServedLayer> {
  const { tables, weights = [], maps = [] } = embedding.plan;
  const saved: { tables: Uint8Array[]; weights: Uint8Array[] } = { tables: [], weights: [] };
  for (const table of tables) {
    const rows = embedding.rowsOf(table);
    saved.tables.push(rows instanceof ServedRows ? rows.bytes : codecOf(table).encode(await floatsOf(rows)));
  }
  for (const weight of weights)
    saved.weights.push(new Uint8Array((await embedding.variableOf(weight).data<'float32'>()).slice().buffer));
  return { ...saved, maps: maps.map(({ values, bits }) => packBits(values, bits)) };
}

/** The layer as it is served, from what was saved of it alone: rows, weights and the values of maps. */
export function loadServing(plan: Plan, saved: ServedLayer, backend: OpenBackend): Embedding {
  const weights = new Map<Table | Weight, Float32Array>(
    (plan.weights ?? []).map((weight, i) => [weight, new Float32Array(saved.weights[i].slice().buffer)]),
  );
  plan.maps?.forEach(({ values, bits, length }, i) => values.set(unpackBits(saved.maps[i], bits, length)));
  const served = new Map(
    plan.tables.map((table, i) => [table, new ServedRows(table, saved.tables[i], backend)]),
  );
  const { createRows = (...args) => new HostRows(...args) } = backend;
  // Floats are looked up as they are trained; what is not is decoded as it is looked up, but where this process cannot read
  // the indices: there rows are decoded to where they are.
  const asTrained = (table: Table) => table.stored === undefined || backend.createIndices !== undefined;
  const embedding = new Embedding(
    plan,
    {
      ...backend,
      createRows: (table, ...rest) => (asTrained(table) ? createRows(table, ...rest) : served.get(table)!),
    },
    'sgd',
    0,
    weights,
  );
  for (const [table, rows] of served) if (asTrained(table)) copyRows(rows, embedding.rowsOf(table));
  return embedding;
}

/** Rows that are read or written at a time. */
const rowsPerPiece = 2 ** 16;

function copyRows(from: ServedRows, to: Rows): void {
  const count = tableRows(to.table);
  for (let first = 0; first < count; first += rowsPerPiece) {
    const piece = Uint32Array.from({ length: Math.min(rowsPerPiece, count - first) }, (_, i) => first + i);
    to.write(piece, from.decode(first, first + piece.length));
  }
}

/** Each float of a table once, those of the flat memory where rows overlap. */
async function floatsOf(rows: Rows): Promise<Float32Array> {
  const { table } = rows;
  const { width, stride = width } = table;
  const count = tableRows(table);
  const floats = new Float32Array(tableFloats(table));
  for (let from = 0; from < count; from += rowsPerPiece) {
    const to = Math.min(count, from + rowsPerPiece);
    const read = await rows.read(from, to);
    if (stride === width) floats.set(read, from * width);
    else
      for (let row = from; row < to; row++)
        floats.set(read.subarray((row - from) * width, (row - from + 1) * width), row * stride);
  }
  return floats;
}
