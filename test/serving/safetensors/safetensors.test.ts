import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../../../base/user-error.ts';
import { openSafetensors } from '../../../serving/safetensors/read.ts';
import { SafetensorsFile, type TensorToWrite, writeSafetensors } from '../../../serving/safetensors/write.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'embed-bench-safetensors-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${files++}.safetensors`);

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const piecesOf = function* (bytes: Uint8Array, count: number) {
  for (let from = 0; from < bytes.length; from += count) yield bytes.subarray(from, from + count);
};

/** The bytes of a file that has this header, and zeros behind it. */
function fileWith(header: unknown, dataBytes: number, length?: number): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(length ?? text.length));
  return Buffer.concat([start, text, Buffer.alloc(dataBytes)]);
}

describe('a file that is written', () => {
  const codes: TensorToWrite = {
    name: 'codes',
    dtype: 'U8',
    shape: [3],
    metadata: { bits: '3' },
    pieces: [Uint8Array.of(1, 2), Uint8Array.of(3)],
  };
  const floats = Float32Array.of(0.5, -1, 3e38, 0, 5, 6);

  test('is of these bytes: header of whole words, the widest elements first, no gaps', () => {
    const path = newPath();
    writeSafetensors(
      path,
      [codes, { name: 'table', dtype: 'F32', shape: [3, 2], pieces: [bytesOf(floats)] }],
      { format: 'np' },
    );
    const file = fs.readFileSync(path);
    const length = Number(file.readBigUInt64LE());
    expect(length % 8).toBe(0);
    expect(file.toString('utf8', 8, 8 + length).trimEnd()).toBe(
      '{"__metadata__":{"format":"np","codes.bits":"3"},"table":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"codes":{"dtype":"U8","shape":[3],"data_offsets":[24,27]}}',
    );
    expect([...file.subarray(8 + length)]).toEqual([...bytesOf(floats), 1, 2, 3]);
    expect(fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('reads back, any part of any tensor', () => {
    const path = newPath();
    const wide = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    writeSafetensors(path, [
      codes,
      { name: 'table', dtype: 'F32', shape: [100, 10], pieces: piecesOf(bytesOf(wide), 37) },
      { name: 'empty', dtype: 'I64', shape: [0, 4], pieces: [] },
      { name: 'one', dtype: 'U16', shape: [], pieces: [Uint8Array.of(7, 1)] },
      { name: '__proto__', dtype: 'U8', shape: [1], pieces: [Uint8Array.of(9)] },
    ]);
    const file = openSafetensors(path);
    expect(file.metadata).toEqual({ 'codes.bits': '3' });
    const { read, shape, dtype, bytes } = file.tensors.get('table')!;
    expect({ shape, dtype, bytes }).toEqual({ shape: [100, 10], dtype: 'F32', bytes: 4000 });
    expect(new Float32Array(read(1996, 40).buffer)).toEqual(wide.subarray(499, 509));
    expect([...file.tensors.get('codes')!.read(1, 2)]).toEqual([2, 3]);
    expect(file.tensors.get('empty')!.read(0, 0)).toHaveLength(0);
    expect([...file.tensors.get('one')!.read(0, 2)]).toEqual([7, 1]);
    expect([...file.tensors.get('__proto__')!.read(0, 1)]).toEqual([9]);
    expect(() => read(3999, 2)).toThrow(RangeError);
    file.close();
  });

  test('may grow by turns', () => {
    const path = newPath();
    const file = new SafetensorsFile(path, [
      { name: 'a', dtype: 'U8', shape: [4] },
      { name: 'b', dtype: 'U16', shape: [2] },
    ]);
    for (const i of [0, 1]) {
      file.append('a', Uint8Array.of(i, i));
      file.append('b', Uint8Array.of(10 + i, 0));
    }
    expect(fs.existsSync(path)).toBe(false);
    file.finish();
    const { tensors, close } = openSafetensors(path);
    expect([...tensors.get('a')!.read(0, 4)]).toEqual([0, 0, 1, 1]);
    expect([...tensors.get('b')!.read(0, 4)]).toEqual([10, 0, 11, 0]);
    close();
  });

  test.each([
    ['too few bytes', [Uint8Array.of(1, 2)]],
    ['too many bytes', [Uint8Array.of(1, 2, 3, 4)]],
  ])('is refused and leaves nothing with %s', (_, pieces) => {
    const path = newPath();
    expect(() => writeSafetensors(path, [{ ...codes, pieces }])).toThrow(RangeError);
    expect(fs.readdirSync(folder).filter((name) => name.startsWith(path.slice(folder.length + 1)))).toEqual(
      [],
    );
  });

  test('is refused with two tensors of a name, and with a shape of no whole numbers', () => {
    expect(() => writeSafetensors(newPath(), [codes, codes])).toThrow('two tensors have the name codes');
    expect(() => writeSafetensors(newPath(), [{ ...codes, shape: [1.5, 2] }])).toThrow('shape of codes');
    expect(() => writeSafetensors(newPath(), [{ ...codes, name: '__metadata__' }])).toThrow(RangeError);
  });

  test('is refused in one line where the folder is missing, or a folder is in its place', () => {
    expect(() => writeSafetensors(join(folder, 'missing', 'x'), [codes])).toThrow(UserError);
    expect(() => writeSafetensors(folder, [codes])).toThrow(UserError);
  });
});

describe('a file that is wrong is refused by its name and the problem', () => {
  const tensor = (from: number, to: number) => ({
    dtype: 'U8',
    shape: [to - from],
    data_offsets: [from, to],
  });
  const refused: [string, Buffer, string][] = [
    ['empty', Buffer.alloc(0), 'it has 0 bytes'],
    ['a header longer than the file', fileWith({}, 0, 1000), 'its header of 1000 bytes is longer'],
    ['a header beyond all readers', fileWith({}, 0, 2 ** 40), 'its header would have 1099511627776 bytes'],
    ['bad JSON', fileWith('{"a":', 0), 'its header is no JSON'],
    ['bad UTF-8', fileWith('', 3, 1).fill(0xff, 8), 'its header is no UTF-8 text'],
    ['a list', fileWith([], 0), 'its header is no object'],
    ['metadata of numbers', fileWith({ __metadata__: { a: 1 } }, 0), '__metadata__ is no object of strings'],
    ['an unknown dtype', fileWith({ a: { ...tensor(0, 4), dtype: 'F4' } }, 4), 'tensor a is of unknown dtype F4'],
    ['a dtype of every object', fileWith({ a: { ...tensor(0, 4), dtype: 'toString' } }, 4), 'unknown dtype toString'],
    ['no offsets', fileWith({ a: { dtype: 'U8', shape: [1] } }, 1), 'tensor a lacks a dtype, a shape or data_offsets'],
    ['a negative size', fileWith({ a: { ...tensor(0, 4), shape: [-4] } }, 4), 'tensor a lacks'],
    ['another shape', fileWith({ a: { ...tensor(0, 4), shape: [5] } }, 4), 'takes 5 bytes, its offsets have 4'],
    ['offsets outside', fileWith({ a: tensor(0, 9) }, 8), 'tensor a ends at byte 9 of 8'],
    ['an overlap', fileWith({ a: tensor(0, 4), b: tensor(3, 8) }, 8), 'tensor b overlaps another'],
    ['a gap', fileWith({ a: tensor(0, 4), b: tensor(5, 8) }, 8), 'tensor b has a gap before it'],
    ['bytes at the end', fileWith({ a: tensor(0, 4) }, 8), '4 bytes at its end are of no tensor'],
  ]; // prettier-ignore
  test.each(refused)('%s', (_, content, problem) => {
    const path = newPath();
    fs.writeFileSync(path, content);
    expect(() => openSafetensors(path)).toThrow(UserError);
    expect(() => openSafetensors(path)).toThrow(`${path}: is no complete safetensors file:`);
    expect(() => openSafetensors(path)).toThrow(problem);
  });

  test('a file that is not there', () => {
    expect(() => openSafetensors(join(folder, 'none'))).toThrow('there is no such file');
  });

  test('a file that grew shorter since', () => {
    const path = newPath();
    fs.writeFileSync(path, fileWith({ a: tensor(0, 8) }, 8));
    const { tensors, close } = openSafetensors(path);
    fs.truncateSync(path, fs.statSync(path).size - 2);
    expect(() => tensors.get('a')!.read(0, 8)).toThrow(UserError);
    close();
  });
});
