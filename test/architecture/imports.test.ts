import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { methods } from '../../methods/index.ts';

/** What every room may import. */
const everywhere = ['base', 'tensors', 'harness/contract'];

const everythingBelowScripts = [
  ...everywhere,
  'files',
  'harness',
  'methods',
  'datasets',
  'backends',
  'results',
  'suites',
  'reports',
];

/** Who may import from whom, besides themselves; a room not named on the right is closed. */
const doors: Record<string, readonly string[]> = {
  base: [],
  tensors: [],
  'harness/contract': ['base', 'tensors'],
  'harness/ops': everywhere,
  files: ['base'],
  harness: [...everywhere, 'harness/ops'],
  methods: [...everywhere, 'harness/ops'],
  datasets: [...everywhere, 'files'],
  backends: [...everywhere, 'files'],
  results: [...everywhere, 'files'],
  suites: [...everywhere, 'files', 'harness', 'methods', 'datasets', 'backends', 'results'],
  reports: [...everywhere, 'files', 'results'],
  'scripts/terminal': everythingBelowScripts,
  scripts: [...everythingBelowScripts, 'scripts/terminal'],
};

const root = join(import.meta.dirname, '../..');
const files = [...new Set(Object.keys(doors).map((room) => room.split('/')[0]))].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(room, file)),
);

const roomOf = (file: string) =>
  ['harness/contract', 'harness/ops', 'scripts/terminal'].find((room) => file.startsWith(`${room}/`)) ??
  file.split('/')[0];

/** Files of the project that a file imports, types included. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => relative(root, join(root, dirname(file), fileName)));
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

test('every room is there', () => {
  expect(new Set(files.map(roomOf))).toEqual(new Set(Object.keys(doors)));
});

describe('a file imports only from its own room and those it may', () => {
  test.each(files)('%s', (file) => {
    const room = roomOf(file);
    const allowed = room === 'scripts' ? doors.scripts : [room, ...doors[room]]; // a script never imports a script
    for (const imported of imports.get(file)!) expect(allowed, imported).toContain(roomOf(imported));
  });
});

test('there are no import cycles', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) expect.fail([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test('no file outside methods/ asks which method it has', () => {
  for (const file of files.filter((file) => !file.startsWith('methods/'))) {
    const text = readFileSync(join(root, file), 'utf8');
    expect(/method(\.name)?\s*[!=]==\s*'(?!full')/.test(text), file).toBe(false);
  }
});

/** `cafe` for methods/cafe/sketch-state.ts, undefined for what is not inside the folder of one method. */
const methodFolderOf = (file: string) => /^methods\/(?!shared\/)([^/]+)\//.exec(file)?.[1];

test('a method has the name of its file or folder', () => {
  const names = methods.map(({ name }) => name);
  const places = imports
    .get('methods/index.ts')!
    // One file has all wrappers.
    .filter((file) => file.startsWith('methods/') && !file.includes('post-training-quantization'))
    .map((file) => file.replace(/^methods\/|(\/index)?\.ts$/g, ''));
  expect(places.sort()).toEqual(names.sort());
});

test('no method imports another method, or its parts', () => {
  for (const file of files.filter((file) => file.startsWith('methods/') && file !== 'methods/index.ts'))
    for (const imported of imports.get(file)!.filter((other) => other.startsWith('methods/'))) {
      const inside =
        imported.startsWith('methods/shared/') || methodFolderOf(imported) === methodFolderOf(file);
      expect(inside && imported !== file, `${file} imports ${imported}`).toBe(true);
      if (methodFolderOf(file) === undefined) expect(imported, file).toMatch(/^methods\/shared\//);
    }
});

test('folders are made by files/folders.ts, which ends below /proc as well', () => {
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    expect(/mkdir(Sync)?\([^;]*recursive/.test(text), file).toBe(false);
  }
});
