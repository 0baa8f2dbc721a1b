import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { openSafetensors } from '../../serving/safetensors/read.ts';
import { writeSafetensors } from '../../serving/safetensors/write.ts';
import { openTables } from '../../serving/reader/open-tables.ts';
import { hasNumPy } from '../serving/python.ts';
import { type Asked, pythonVectors, relativeDifference } from '../serving/compress/read-tables.ts';
import { runHere } from './run-here.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'embed-bench-compress-'));
const tables = join(folder, 'tables.safetensors');
const counts = join(folder, 'counts.safetensors');
afterAll(() => fs.rmSync(folder, { recursive: true }));

beforeAll(() => {
  const stream = random(5);
  const shapes = [
    { name: 'user.weight', shape: [700, 8] },
    { name: 'page.weight', shape: [2500, 8] },
    { name: 'hour.weight', shape: [300, 4] },
  ];
  const floats = (count: number) => new Uint8Array(Float32Array.from({ length: count }, () => stream.normal()).buffer); // prettier-ignore
  writeSafetensors(tables, shapes.map(({ name, shape: [rows, width] }) => ({ name, dtype: 'F32', shape: [rows, width], pieces: [floats(rows * width)] }))); // prettier-ignore
  const looked = (rows: number) => new Uint8Array(Uint32Array.from({ length: rows }, () => Math.floor(1 / stream.uniform())).buffer); // prettier-ignore
  writeSafetensors(counts, shapes.map(({ name, shape: [rows] }) => ({ name, dtype: 'U32', shape: [rows], pieces: [looked(rows)] }))); // prettier-ignore
});

const run = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await runHere('compress', args);
  return { exitCode, stdout, stderr };
};

describe('compress', { timeout: 120_000 }, () => {
  test('writes a folder, says how good it is, and decodes it again', async () => {
    const out = join(folder, 'int8');
    const { exitCode, stdout } = await run(tables, '--method', 'int8', '--set', 'int8.floatsPerScale=1', '--out', out); // prettier-ignore
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ {2}user\.weight +700 +8 +\S+e-\d +0\.0000\d +9\d\.\d %$/m);
    expect(fs.readdirSync(out).sort()).toEqual(['README.md', 'manifest.json', 'model.safetensors', 'report.json']); // prettier-ignore
    const decoded = join(folder, 'decoded.safetensors');
    expect((await run('--decode', out, '--out', decoded)).exitCode).toBe(0);
    const [was, is] = [openSafetensors(tables), openSafetensors(decoded)];
    const report = JSON.parse(fs.readFileSync(join(out, 'report.json'), 'utf8')) as { tables: { name: string; meanSquare: number }[] }; // prettier-ignore
    for (const { name, meanSquare } of report.tables) {
      const [a, b] = [was, is].map(({ tensors }) => {
        const { read, bytes } = tensors.get(name)!;
        return new Float32Array(read(0, bytes).buffer);
      });
      const squares = a.reduce((sum, x, at) => sum + (x - b[at]) ** 2, 0) / a.length;
      expect(meanSquare).toBeGreaterThan(0);
      expect(meanSquare / squares).toBeCloseTo(1, 9);
    }
    was.close();
    is.close();
    expect((await run('--decode', out, '--out', decoded)).stderr).toContain('is there already');
    expect((await run('--decode', out, '--method', 'pq')).stderr).toContain('leave --method out');
    expect((await run('--decode', out, '--out', join(folder, 'x.npy'))).stderr).toContain(
      'are decoded to a .safetensors file',
    );
    expect((await run(tables, '--method', 'int8', '--out', out)).stderr).toContain('holds model.safetensors already'); // prettier-ignore
  });

  test('both readers find what is decoded', async () => {
    const cases = [
      ['pq', '4'],
      ['frequency-truncation', '6'],
      ['svd', '2'],
      ['leverage', '5'],
      ['dedup', '4'],
      ['int8', '1'],
    ];
    const folders: string[] = [];
    const decoded: Float32Array[] = [];
    for (const [method, compression] of cases) {
      const out = join(folder, `read-${method}`);
      const made = await run(tables, '--method', method, '--compression', compression, '--counts', counts, '--out', out, '--json'); // prettier-ignore
      expect(made.exitCode, made.stderr).toBe(0);
      expect(JSON.parse(made.stdout)).toMatchObject({ folder: out, compression: { requested: Number(compression) } }); // prettier-ignore
      expect((await run('--decode', out)).stdout).toContain(`${out}.safetensors`);
      const file = openSafetensors(`${out}.safetensors`);
      const opened = openTables(out);
      expect(opened.names).toEqual(['user.weight', 'page.weight', 'hour.weight']);
      for (const name of opened.names) {
        const { read, bytes, shape } = file.tensors.get(name)!;
        const vectors = new Float32Array(read(0, bytes).buffer);
        expect([opened.rows(name), opened.dim(name)]).toEqual(shape);
        expect(opened.vectors(name, [...Array(opened.rows(name)).keys()])).toEqual(vectors);
        decoded.push(vectors);
      }
      file.close();
      folders.push(out);
    }
    if (!hasNumPy) return;
    const names = ['user.weight', 'page.weight', 'hour.weight'];
    const asked = folders.flatMap((out) => names.map((name): Asked => [out, name, [...Array(openTables(out).rows(name)).keys()]])); // prettier-ignore
    pythonVectors(asked).forEach((vectors, i) => expect(relativeDifference(decoded[i], vectors), asked[i].slice(0, 2).join(' ')).toBeLessThan(1e-6)); // prettier-ignore
  });

  test.each([
    [
      ['--method', 'dpq'],
      /^error: dpq learns what it stores with the network.* npm run bench -- --method 'dpq'/,
    ],
    [['--method', 'hashing-trick'], /^error: hashing-trick learns what it stores with the network/],
    [['--method', 'shark'], /^error: shark needs the look-ups and clicks of a training/],
    [['--method', 'svd', '--compression', '50'], /^error: svd cannot make these tables 50 times smaller/],
    [
      ['--method', 'int8', '--compression', '16'],
      /^error: int8\(full\) cannot make these tables 16 times smaller: .*take --compression \d/,
    ],
    [
      ['--method', 'dedup', '--compression', '4', '--memory', '0.00001'],
      /^error: deduplication compares all rows/,
    ],
    [['--method', 'svd,pq'], /takes one method/],
    [[], /no method is named/],
    [['--method', 'pq', '--counts', 'none.npy'], /a .npy file has counts of one table, there are 3/],
  ])('%j is refused in one line', async (flags, line) => {
    const out = join(folder, 'refused');
    const { exitCode, stderr } = await run(tables, ...flags, '--out', out);
    expect(exitCode).toBe(2);
    expect(stderr.trim()).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(fs.existsSync(out)).toBe(false);
  });

  test('a fault in the midst leaves nothing, and a result that is there as it was', async () => {
    const broken = join(folder, 'broken.safetensors');
    const bytes = fs.readFileSync(tables);
    bytes.writeFloatLE(NaN, bytes.length - 8);
    fs.writeFileSync(broken, bytes);
    const out = join(folder, 'again');
    const said = /^error: .*: row \d+ of .* has the float NaN; only finite ones can be compressed$/m;
    expect((await run(broken, '--method', 'fp16', '--out', out)).stderr).toMatch(said);
    expect(fs.existsSync(out)).toBe(false);
    await run(tables, '--method', 'fp16', '--out', out);
    const before = fs.readdirSync(out).map((name) => fs.readFileSync(join(out, name)));
    expect((await run(broken, '--method', 'int8', '--out', out, '--force')).stderr).toMatch(said);
    expect(fs.readdirSync(out).map((name) => fs.readFileSync(join(out, name)))).toEqual(before);
  }); // prettier-ignore
});
