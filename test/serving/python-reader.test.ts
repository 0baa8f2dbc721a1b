import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../serving/program/manifest.ts';
import { scratch } from '../scripts/run-script.ts';
import { allExports, exportInto } from './exports.ts';
import { hasNumPy, python, pythonJson } from './python.ts';

/** The command of the Python reader, and what it says of folders that are no models. */

describe.skipIf(!hasNumPy)('the command', () => {
  const command = (folder: string) => {
    const { exitCode, stdout, stderr } = python(['-m', 'embed_bench_reader', folder]);
    return { exitCode, stdout: String(stdout), stderr: String(stderr) };
  };
  async function exported(change: (manifest: Manifest) => object = (manifest) => manifest): Promise<string> {
    const folder = join(scratch(), 'model');
    const manifest = await exportInto(folder, allExports[0]);
    fs.writeFileSync(join(folder, 'manifest.json'), JSON.stringify(change(manifest)));
    return folder;
  }

  test('a model is recomputed', async () => {
    const { exitCode, stdout } = command(await exported());
    expect(stdout).toMatch(/^100 sample rows from ids, largest difference \d\.\d+e-\d+$/);
    expect(exitCode).toBe(0);
  });

  test('ids that a field does not have are refused by its name', async () => {
    const program = `import json, sys
from embed_bench_reader import ReaderError, open_model
model = open_model(json.load(sys.stdin))
fields = model.manifest["fields"]
def refused(field, id):
    ids = [[0] * len(fields)]
    ids[0][field] = id
    try:
        return model.vectors(ids).shape[0]
    except ReaderError as error:
        return str(error)
print(json.dumps([refused(1, fields[1]["cardinality"]), refused(0, -1), refused(1, fields[1]["cardinality"] - 1)]))`;
    const folder = await exported();
    const { fields } = JSON.parse(fs.readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    const end = fields[1].cardinality;
    expect(pythonJson(program, folder)).toEqual([
      `${fields[1].name}: the id ${end}, and its ids end at ${end - 1}`,
      `${fields[0].name}: the id -1, and its ids end at ${fields[0].cardinality - 1}`,
      1,
    ]);
  });

  test('a probability that differs is exit code 1', async () => {
    const folder = await exported((manifest) => {
      const probabilities = manifest.samples.probabilities.map((p, row) => (row === 99 ? p + 2e-5 : p));
      return { ...manifest, samples: { ...manifest.samples, probabilities } };
    });
    const { exitCode, stdout } = command(folder);
    expect(stdout).toContain('largest difference 2e-05');
    expect(exitCode).toBe(1);
  });

  test.each<[what: string, break_: (folder: string) => void, complaint: RegExp]>([
    ['no folder', (folder) => fs.rmSync(folder, { recursive: true }), /manifest\.json: there is no such file; name/],
    ['no JSON', (folder) => fs.writeFileSync(join(folder, 'manifest.json'), '{'), /manifest\.json: it is no JSON/],
    ['another version', (folder) => changed(folder, { version: 2 }), /it is no manifest of version 1/],
    ['half a file', (folder) => fs.truncateSync(join(folder, 'model.safetensors'), 3000), /is no complete safetensors/],
    ['a tensor is missing', (folder) => changed(folder, {}, 'tables.0', 'tables.9'), /the tensor tables\.9 is missing/],
    ['an operation of another time', (folder) => changed(folder, {}, '"op":"rows"', '"op":"columns"'), /does not know the operation columns/],
    ['a stored form of another time', (folder) => changed(folder, {}, '"fp32"', '"fp5"'), /does not know the stored form fp5/],
  ])('%s is one line', async (_, break_, complaint) => {
    const folder = await exported();
    break_(folder);
    const { exitCode, stdout, stderr } = command(folder);
    expect(stderr).toMatch(complaint);
    expect(stderr.split('\n')).toHaveLength(1);
    expect([exitCode, stdout]).toEqual([2, '']);
  }); // prettier-ignore

  /** Replaces what a manifest says, and a text in all of it. */
  function changed(folder: string, more: object, from = '"no such text"', to = from): void {
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(fs.readFileSync(path, 'utf8').replaceAll(from, to)) as Manifest;
    fs.writeFileSync(path, JSON.stringify({ ...manifest, ...more }));
  }
});
