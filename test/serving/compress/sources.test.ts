import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../../../base/user-error.ts';
import { readCounts } from '../../../serving/compress/sources/counts.ts';
import { openTables } from '../../../serving/compress/sources/open-tables.ts';
import { writeSafetensors } from '../../../serving/safetensors/write.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'embed-bench-sources-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
let files = 0;

/** A .npy file as NumPy writes it. */
function npy(descr: string, shape: string, data: ArrayBufferView, { order = 'False', version = 1, magic = '\x93NUMPY' } = {}) {
  const path = join(folder, `${files++}.npy`);
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
  const lengthBytes = version === 1 ? 2 : 4;
  const header = Buffer.from(text.padEnd(128 - 8 - lengthBytes - 1, ' ') + '\n', 'latin1');
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntLE(header.length, 0, lengthBytes);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  fs.writeFileSync(path, Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.from([version, 0]), length, header, bytes]));
  return path;
} // prettier-ignore

const floats = Float32Array.of(1, -2, 3.5, 4, 0, 1e-30);

/** All rows of the only table of a file. */
function rowsOf(path: string) {
  const { tables, close } = openTables(path);
  const [{ source, name }] = tables;
  const values = source.read(0, source.rows);
  const last = source.read(source.rows - 1, source.rows);
  close();
  return { name, shape: [source.rows, source.width], values, last };
}

describe('tables', () => {
  test.each([1, 2])('a .npy file of version %d', (version) => {
    const { name, ...found } = rowsOf(npy('<f4', '3, 2', floats, { version }));
    expect(found).toEqual({ shape: [3, 2], values: floats, last: floats.slice(4) });
    expect(name).toMatch(/^\d+$/);
  });

  test('floats of 16 bits, and brain floats', () => {
    expect(rowsOf(npy('<f2', '2, 2', Uint16Array.of(0x3c00, 0xc000, 1, 0x7bff))).values).toEqual(
      Float32Array.of(1, -2, 2 ** -24, 65504),
    );
    const path = join(folder, 'bf16.safetensors');
    const words = Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f7f);
    writeSafetensors(path, [{ name: 'a', dtype: 'BF16', shape: [2, 2], pieces: [new Uint8Array(words.buffer)] }]); // prettier-ignore
    expect(rowsOf(path).values).toEqual(Float32Array.of(1, -2, 2 ** -133, 2 ** 128 - 2 ** 120));
  });

  test('matrices of floats of a .safetensors file, by name', () => {
    const path = join(folder, 'state.safetensors');
    const bytes = new Uint8Array(floats.buffer);
    writeSafetensors(path, [
      { name: 'emb.0.weight', dtype: 'F32', shape: [3, 2], pieces: [bytes] },
      { name: 'emb.1.weight', dtype: 'F32', shape: [2, 3], pieces: [bytes] },
      { name: 'top.weight', dtype: 'F32', shape: [1, 6], pieces: [bytes] },
      { name: 'bias', dtype: 'F32', shape: [6], pieces: [bytes] },
      { name: 'step', dtype: 'I64', shape: [1], pieces: [new Uint8Array(8)] },
    ]);
    const namesOf = (patterns?: string[]) => {
      const { tables, others, close } = openTables(path, patterns);
      close();
      return { tables: tables.map(({ name }) => name).sort(), others: [...others].sort() };
    };
    const [emb, all] = [
      ['emb.0.weight', 'emb.1.weight'],
      ['bias', 'step', 'top.weight'],
    ];
    expect(namesOf(['emb.*'])).toEqual({ tables: emb, others: all });
    expect(namesOf()).toEqual({ tables: [...emb, 'top.weight'], others: ['bias', 'step'] });
    expect(() => namesOf(['emb'])).toThrow('no tensor has a name like emb');
    expect(() => namesOf(['bias'])).toThrow('bias has the shape [6]');
    expect(() => namesOf(['step'])).toThrow('step is of I64');
  });

  test.each([
    ['Fortran order', () => npy('<f4', '3, 2', floats, { order: 'True' }), 'is in Fortran order'],
    ['another version', () => npy('<f4', '3, 2', floats, { version: 3 }), 'of version 3'],
    ['doubles', () => npy('<f8', '3, 1', floats), 'type <f8; a table has <f4 or <f2'],
    ['big-endian', () => npy('>f4', '3, 2', floats), 'elements of type >f4'],
    ['objects', () => npy('|O', '6', floats), 'elements of type |O'],
    ['a vector', () => npy('<f4', '6,', floats), 'has the shape [6]'],
    ['no rows', () => npy('<f4', '0, 2', new Float32Array(0)), 'no floats'],
    ['too few bytes', () => npy('<f4', '4, 2', floats), 'has 24 bytes behind its header'],
    ['no .npy', () => npy('<f4', '3, 2', floats, { magic: 'PK\x03\x04zz' }), 'is no .npy file'],
    ['no file', () => join(folder, 'none.npy'), 'there is no such file'],
  ])('%s is refused', (_, make, problem) => {
    const path = make();
    expect(() => openTables(path)).toThrow(UserError);
    expect(() => openTables(path)).toThrow(problem);
  });

  test('a float that is no finite number is named by its row', () => {
    const path = npy('<f4', '3, 2', Float32Array.of(1, 2, 3, NaN, 5, 6));
    expect(() => rowsOf(path)).toThrow(/row 1 of \d+ has the float NaN/);
  });
});

describe('counts', () => {
  const { tables, close } = openTables(npy('<f4', '3, 2', floats));
  close();

  test.each([
    ['<i8', BigInt64Array.of(0n, 7n, 4294967295n)],
    ['<u4', Uint32Array.of(0, 7, 4294967295)],
  ])('of %s', (descr, data) => {
    expect(readCounts(npy(descr, '3,', data), tables)).toEqual([Uint32Array.of(0, 7, 4294967295)]);
  });

  test('by the names of tables', () => {
    const path = join(folder, 'counts.safetensors');
    const named = [{ ...tables[0], name: 'b' }];
    writeSafetensors(path, [{ name: 'b', dtype: 'U16', shape: [3], pieces: [new Uint8Array([1, 0, 2, 0, 0, 1])] }]); // prettier-ignore
    expect(readCounts(path, named)).toEqual([Uint32Array.of(1, 2, 256)]);
    expect(() => readCounts(path, [{ ...tables[0], name: 'a' }])).toThrow('has no counts of a');
  });

  test.each([
    ['negative ones', '<i4', '3,', Int32Array.of(1, -1, 2), 'the count -1 of row 1'],
    ['large ones', '<i8', '3,', BigInt64Array.of(1n, 1n, 2n ** 32n), 'the count 4294967296 of row 2'],
    ['floats', '<f4', '3,', Float32Array.of(1, 1, 1), 'are of <f4'],
    ['another length', '<i4', '2,', Int32Array.of(1, 1), 'have the shape [2]; it takes [3]'],
  ])('%s are refused', (_, descr, shape, data, problem) => {
    const path = npy(descr, shape, data);
    expect(() => readCounts(path, tables)).toThrow(UserError);
    expect(() => readCounts(path, tables)).toThrow(problem);
  });
});
