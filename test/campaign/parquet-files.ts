import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { Random } from '../../base/random.ts';
import { UserError } from '../../base/user-error.ts';
import { parquetReader } from '../../datasets/table/parquet/parquet-reader.ts';
import type { WrittenSchema } from '../../datasets/table/schema.ts';
import { readTable } from '../datasets/parquet/read-table.ts';
import { below, between, damaged, oneIn, oneOf } from './choices.ts';
import { type CaseResult, failed, held, type TryCase } from './part.ts';

/**
 * Parquet files with mutations: the right rows, or one line that names the file. A change of a page with a checksum must be found. Footers
 * and page headers have no checksum in this format, so that a changed type or count there may give other rows; never a crash or a
 * hang, and no more memory than a page may take.
 */
export async function parquetCases(folder: string): Promise<TryCase> {
  const files = await Promise.all(readdirSync(fixtures).map((name) => originalOf(join(fixtures, name))));
  const checked = files.filter(({ bodies }) => bodies.length > 0);
  const path = join(folder, 'log.parquet');
  return async (stream) => {
    const inBodies = oneIn(stream, 2);
    const { bytes, rows, bodies, schema } = oneOf(stream, inBodies ? checked : files);
    const mutated = inBodies ? changedInside(stream, bytes, bodies) : damaged(stream, bytes);
    writeFileSync(path, mutated);
    const before = process.resourceUsage().maxRSS;
    const found = await read(path, schema);
    const more = (process.resourceUsage().maxRSS - before) / 1e3;
    if (more > mostMegabytes) return failed('crashed', `${Math.round(more)} MB of memory for a small file`);
    if ('fault' in found) return judgeFault(found.fault, path);
    if (found.rows === rows) return held('read');
    return inBodies
      ? failed('accepted', 'other rows from a page with a checksum')
      : held('other rows, where the format has no checksum');
  };
}

const fixtures = join(import.meta.dirname, '../datasets/parquet/fixtures');

/** A damaged header may ask for a page of 512 MB. */
const mostMegabytes = 700;

interface Original {
  readonly bytes: Buffer;
  /** All that is read, as text. */
  readonly rows: string;
  /** Places of the pages with a checksum, without their headers. */
  readonly bodies: readonly (readonly [from: number, end: number])[];
  readonly schema: WrittenSchema;
}

async function originalOf(path: string): Promise<Original> {
  const bytes = readFileSync(path);
  const { columns } = parquetReader(path);
  const some = (...names: string[]) => names.filter((name) => columns.includes(name));
  const schema: WrittenSchema = {
    label: 'label',
    numeric: some('i32', 'u32', 'f32', 'f64', 'half', 'money', 'wide', 'graded'),
    categorical: some(
      'i64',
      'u64',
      'bool',
      'text',
      'long',
      'bytes',
      'fixed',
      'day',
      'ns',
      'device.os',
      'device.age',
    ),
    multi: some('genres', 'numbers').map((column) => ({ column, separator: '|' })),
    time: { column: 'us', form: 'date' },
  };
  const found = await read(path, schema);
  if ('fault' in found) throw new Error(found.fault);
  return { bytes, rows: found.rows, bodies: bodiesOf(bytes), schema };
}

async function read(path: string, schema: WrittenSchema): Promise<{ rows: string } | { fault: string }> {
  try {
    const table = await readTable(path, schema, { blockRows: 17 });
    const cells = [];
    for await (const row of parquetReader(path).sample()) cells.push(row);
    // The columns that no role takes are damaged without harm to a table.
    return { rows: JSON.stringify(table) + cells.length };
  } catch (error) {
    if (error instanceof UserError) return { fault: error.message };
    throw error;
  }
}

function judgeFault(fault: string, path: string): CaseResult {
  if (fault.startsWith(path) && !fault.includes('\n')) return held('refused');
  return failed('lost', `not one line that names the file: ${fault}`);
}

/** Pages with a checksum, found by their headers alone. */
function bodiesOf(bytes: Buffer): [number, number][] {
  const bodies: [number, number][] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { columns } of parquetMetadata(bytes, { geoparquet: false }).row_groups)
    for (const { meta_data: meta } of columns) {
      const {
        data_page_offset: data,
        dictionary_page_offset: dictionary,
        total_compressed_size: size,
      } = meta!;
      const reader = { view, offset: Number(dictionary ?? data) };
      const end = reader.offset + Number(size);
      while (reader.offset < end) {
        const { compressed_page_size, crc } = parquetHeader(reader);
        const from = reader.offset;
        reader.offset += compressed_page_size;
        if (crc !== undefined && compressed_page_size > 0) bodies.push([from, reader.offset]);
      }
    }
  return bodies;
}

/** Changes one to three bytes of pages, which stay where they are. */
function changedInside(stream: Random, bytes: Buffer, bodies: Original['bodies']): Buffer {
  const changed = Buffer.from(bytes);
  for (let times = between(stream, 1, 3); times > 0; times--) {
    const [from, end] = oneOf(stream, bodies);
    changed[from + below(stream, end - from)] ^= 1 << below(stream, 8);
  }
  return changed;
}
