import fs from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../base/user-error.ts';
import { readFully } from '../read-fully.ts';
import { type Dtype, elementBytes, isDtype, longestHeader, metadataKey, tensorBytes } from './dtypes.ts';

export type { Dtype } from './dtypes.ts';

/** A tensor of a file. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Bytes from..from + count of the tensor, row-major and little-endian, in memory of their own that begins at a word. */
  readonly read: (from: number, count: number) => Uint8Array<ArrayBuffer>;
}

/** An open safetensors file. Only its header is in memory. */
export interface OpenSafetensors {
  readonly path: string;
  /** Its tensors in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly close: () => void;
}

const whole = z.int().min(0);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(whole),
  data_offsets: z.tuple([whole, whole]),
});

/**
 * Opens a safetensors file and checks its header against the file: JSON, dtypes, shapes, and offsets without gaps or overlaps.
 * Throws a UserError of one line that names the file and what is wrong with it.
 */
export function openSafetensors(path: string): OpenSafetensors {
  const wrong = (problem: string) =>
    new UserError(`${path}: is no complete safetensors file: ${problem}; write it again`);
  const file = openToRead(path);
  try {
    const { size } = fs.fstatSync(file);
    const { text, first } = headerOf(file, size, wrong);
    const header = parse(text, wrong);
    const words = z.record(z.string(), z.string()).safeParse(header.get(metadataKey) ?? {});
    if (!words.success) throw wrong(`${metadataKey} is no object of strings`);
    header.delete(metadataKey);
    const entries = [...header].map(([name, entry]) => checkedEntry(name, entry, wrong));
    entries.sort((a, b) => a.from - b.from || a.to - b.to);
    let end = 0;
    for (const { name, from, to } of entries) {
      if (to > size - first)
        throw wrong(`tensor ${name} ends at byte ${to} of ${size - first} bytes of tensors`);
      if (from !== end)
        throw wrong(`tensor ${name} ${from < end ? 'overlaps another' : 'has a gap before it'}`);
      end = to;
    }
    if (end !== size - first) throw wrong(`${size - first - end} bytes at its end are of no tensor`);
    const tensors = entries.map(({ name, dtype, shape, from, to }): [string, StoredTensor] => {
      const read = (at: number, count: number) => {
        if (at < 0 || at + count > to - from)
          throw new RangeError(`bytes ${at} to ${at + count} are outside tensor ${name}`);
        return readFully(file, path, first + from + at, count);
      };
      return [name, { name, dtype, shape, bytes: to - from, read }];
    });
    return { path, tensors: new Map(tensors), metadata: words.data, close: () => fs.closeSync(file) };
  } catch (error) {
    fs.closeSync(file);
    throw error;
  }
}

type Wrong = (problem: string) => UserError;

function openToRead(path: string): number {
  try {
    if (fs.statSync(path).isDirectory())
      throw new UserError(`${path}: is a folder; name a .safetensors file`);
    return fs.openSync(path, 'r');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${path}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`}; name a .safetensors file`,
    );
  }
}

function headerOf(file: number, size: number, wrong: Wrong): { text: string; first: number } {
  if (size < 8) throw wrong(`it has ${size} bytes`);
  const start = readFully(file, '', 0, 8);
  const length = Number(new DataView(start.buffer).getBigUint64(0, true));
  if (length > longestHeader) throw wrong(`its header would have ${length} bytes`);
  if (8 + length > size) throw wrong(`its header of ${length} bytes is longer than the file`);
  try {
    const bytes = readFully(file, '', 8, length);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), first: 8 + length };
  } catch {
    throw wrong('its header is no UTF-8 text');
  }
}

function parse(text: string, wrong: Wrong): Map<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw wrong('its header is no JSON');
  }
  if (header === null || typeof header !== 'object' || Array.isArray(header))
    throw wrong('its header is no object');
  return new Map(Object.entries(header));
}

function checkedEntry(name: string, entry: unknown, wrong: Wrong) {
  const checked = entrySchema.safeParse(entry);
  if (!checked.success) throw wrong(`tensor ${name} lacks a dtype, a shape or data_offsets`);
  const { dtype, shape, data_offsets } = checked.data;
  const [from, to] = data_offsets;
  if (!isDtype(dtype))
    throw wrong(
      `tensor ${name} is of unknown dtype ${dtype}, known are ${Object.keys(elementBytes).join(', ')}`,
    );
  if (to - from !== tensorBytes(dtype, shape))
    throw wrong(`tensor ${name} of ${dtype} [${shape.join(', ')}] takes ${tensorBytes(dtype, shape)} bytes, its offsets have ${to - from}`); // prettier-ignore
  return { name, dtype, shape, from, to };
}
