import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { wrappers } from '../../../methods/index.ts';
import { idsFrom, openFile } from '../../../serving/compress/open-in-pieces.ts';
import { openTables } from '../../../serving/reader/open-tables.ts';
import { scratchOfFile } from '../../scratch-of-file.ts';
import { hasNumPy, python } from '../python.ts';
import { contentsOf, naiveVector } from './naive-recipes.ts';
import { type Asked, converted, pythonVectors, relativeDifference, userTable, writeFolder } from './read-tables.ts'; // prettier-ignore

/**
 * Every form that compress writes is read alike: by the reader that holds the folder, by that which reads the file in pieces, and by the
 * Python reader. The oracle carries recipes out by itself.
 */

const scratch = scratchOfFile();
let folders = 0;
function newFolder(): string {
  const folder = join(scratch, String(folders++));
  fs.mkdirSync(folder);
  return folder;
}

/** Two widths, and a table of one row. Bitmaps of 600 rows have more than one stretch. */
const tablesWith = (rows: number) => [
  userTable('user.weight', rows, 8),
  userTable('one', 1, 8),
  userTable('page', 90, 8),
  userTable('c', 40, 3),
];
const tables = tablesWith(600);
/** For formats around methods, whose recipes are the same. */
const fewer = tablesWith(70);

const methods: [method: string, options: Record<string, unknown>, compression: number][] = [
  ['full', {}, 1],
  ['product-quantization', {}, 3],
  ['svd', {}, 2],
  ['magnitude-pruning', {}, 3],
  ['magnitude-pruning', { granularity: 'row' }, 3],
  ['leverage', {}, 3],
  ['frequency-truncation', {}, 3],
  ['deduplication', {}, 3],
];
const others: typeof methods = [
  ['product-quantization', { kind: 'residual', keep: 0 }, 8],
  ['product-quantization', { parts: 3, codewords: 4, keep: 0 }, 6],
  ['magnitude-pruning', { granularity: 'row' }, 30],
  ['leverage', { rest: 'project', rank: 2 }, 1.3],
  ['frequency-truncation', { oov: 3 }, 6],
  ['deduplication', { block: 4 }, 5],
  ['deduplication', { block: 16, keep: 0 }, 2.5],
  ['int8(full)', { floatsPerScale: 1 }, 1],
  ['nf4(full)', { scales: 'double' }, 1],
  ['fp8(full)', { scaled: false }, 1],
];
const cases = [
  ...methods,
  ...others,
  ...wrappers.flatMap(({ name }) =>
    methods.map(([method, options, compression]): (typeof methods)[number] => [
      `${name}(${method})`,
      options,
      compression,
    ]),
  ),
];

const asked: Asked[] = [];
const found: Float32Array[] = [];

test.each(cases)('%s %j at %fx', (name, options, compression) => {
  const folder = newFolder();
  const layers = converted(name, name.includes('(') ? fewer : tables, compression, options);
  const written = writeFolder(folder, layers);
  const held = openTables(folder);
  expect(held.names).toEqual(['user.weight', 'one', 'page', 'c']);
  const pieces = openFile(join(folder, 'model.safetensors'), written, 0);
  const own = pieces.lookupsOf(written.ownRows);
  for (const { dim, sources, conversion } of layers) {
    const contents = contentsOf(dim, conversion);
    sources.forEach(({ name, rows }, i) => {
      expect([held.rows(name), held.dim(name)]).toEqual([rows, dim]);
      const all = idsFrom(0, rows);
      const vectors = held.vectors(name, all);
      const expected = Float32Array.from([...all].flatMap((id) => [...naiveVector(conversion.recipe[i], id, contents)])); // prettier-ignore
      expect(relativeDifference(expected, vectors)).toBeLessThan(1e-6);
      for (const [from, to] of [
        [0, rows],
        [rows >> 1, rows],
        [rows - 1, rows],
      ])
        // prettier-ignore
        expect(pieces.lookups.vectors(name, idsFrom(from, to))).toEqual(vectors.slice(from * dim, to * dim));
      expect(own.vectors(name, all).every((x) => x === 0 || x === 1)).toBe(true);
      const stream = random(rows);
      const ids = Array.from({ length: Math.min(rows, 150) }, () => Math.floor(stream.uniform() * rows));
      expect(held.vectors(name, ids)).toEqual(Float32Array.from(ids.flatMap((id) => [...vectors.slice(id * dim, (id + 1) * dim)]))); // prettier-ignore
      asked.push([folder, name, ids]);
      found.push(held.vectors(name, ids));
    });
  }
  pieces.close();
});

test.skipIf(!hasNumPy)('Python finds the same', () => {
  const vectors = pythonVectors([...asked, [asked[0][0], 'c', []]]);
  expect(asked.length).toBe(4 * cases.length);
  found.forEach((own, i) => expect(relativeDifference(own, vectors[i]), asked[i].slice(0, 2).join(' ')).toBeLessThan(1e-6)); // prettier-ignore
  expect(vectors.at(-1)).toHaveLength(0);
});

test('rows that no case has are zeros, and have no row of their own', () => {
  const folder = newFolder();
  const written = writeFolder(folder, converted('magnitude-pruning', tables, 30, { granularity: 'row' }));
  const { lookupsOf, close } = openFile(join(folder, 'model.safetensors'), written);
  const ids = idsFrom(0, 600);
  const own = lookupsOf(written.ownRows).vectors('user.weight', ids);
  const vectors = openTables(folder).vectors('user.weight', ids);
  own.forEach((has, id) => expect(vectors.slice(8 * id, 8 * id + 8).some((x) => x !== 0)).toBe(has === 1));
  expect(new Set(own)).toEqual(new Set([0, 1]));
  close();
});

describe('ids and folders that are refused', () => {
  const folder = newFolder();
  writeFolder(folder, converted('frequency-truncation', tables, 3));

  test('by the TypeScript reader', () => {
    const opened = openTables(folder);
    expect(opened.vectors('one', [])).toEqual(new Float32Array(0));
    expect(opened.bytes).toBeLessThan(fs.statSync(join(folder, 'model.safetensors')).size);
    for (const id of [90, -1, 1.5, NaN, 2 ** 32])
      expect(() => opened.vectors('page', [3, id])).toThrow(new RegExp(`^page: ${id} \\(at 1\\) is no id of a table of 90 rows; ids are 0 to 89$`)); // prettier-ignore
    expect(() => opened.vectors('d', [])).toThrow(
      /^there is no table d; there are user\.weight, one, page, c$/,
    );
    expect(() => openTables(scratch)).toThrow(/manifest\.json: there is no such file; name the folder of compressed tables$/); // prettier-ignore
    expect(() => openTables(changed({ version: 2 }))).toThrow(/it is no manifest of version 1 of compressed tables/); // prettier-ignore
    expect(() => openTables(changed({}, 'tables.0', 'tables.9'))).toThrow(/the tensor tables\.9 is missing; compress the tables again/); // prettier-ignore
  });

  test.skipIf(!hasNumPy).each([
    ['[3, 90]', /page: 90 \(at 1\) is no id of a table of 90 rows; ids are 0 to 89/],
    ['[-1]', /page: -1 \(at 0\) is no id/],
    ['[0.5]', /page: ids of type float64 and shape \[1\]; they are integers \[n\]/],
    ['[[0]]', /page: ids of type int64 and shape \[1, 1\]/],
  ])('by the Python reader: %s', (ids, message) => {
    const program = `
import embed_bench_reader
tables = embed_bench_reader.open_tables(${JSON.stringify(folder)})
try:
    tables.vectors("page", ${ids})
except ValueError as error:
    print(error)
`;
    const { stdout, stderr } = python(['-c', program]);
    expect(String(stdout)).toMatch(message);
    expect(stderr).toBe('');
  });

  test.skipIf(!hasNumPy)('a folder that is none, by the Python reader', () => {
    const program = (path: string) => `import embed_bench_reader; embed_bench_reader.open_tables(${JSON.stringify(path)})`;
    expect(String(python(['-c', program(scratch)]).stderr)).toMatch(/manifest\.json: there is no such file; name the folder of compressed tables$/);
    expect(String(python(['-c', program(changed({ version: 2 }))]).stderr)).toMatch(/it is no manifest of version 1 of compressed tables; compress the tables again$/);
  }); // prettier-ignore

  /** A copy of the folder with another manifest. */
  function changed(more: object, from = '"no such text"', to = from): string {
    const copy = newFolder();
    fs.cpSync(folder, copy, { recursive: true });
    const path = join(copy, 'manifest.json');
    const manifest = JSON.parse(fs.readFileSync(path, 'utf8').replaceAll(from, to)) as object;
    fs.writeFileSync(path, JSON.stringify({ ...manifest, ...more }));
    return copy;
  }
});
