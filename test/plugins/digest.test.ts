import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, pluginDigest } from '../../plugins/digest.ts';
import { findPlugin } from '../../plugins/find-plugin.ts';
import { folderOf, writeIn } from './written-plugin.ts';

const digestIn = (folder: string, from: string) => pluginDigest(findPlugin(from, folder));

const files = {
  'my-method.ts': `import { a } from './parts/a.ts';\nimport { z } from 'zod';\nexport const methods = [a, z];\n`,
  'parts/a.ts': `export { b as a } from '../b.js';\n`,
  'b.ts': 'export const b = 1;\n',
  'other.ts': 'export const other = 1;\n',
  'node_modules/zod/package.json': '{ "name": "zod", "version": "4.0.0" }',
};

describe('the digest of a file', () => {
  test('is the same in another folder and under another name', () => {
    const renamed = { ...files, 'renamed.ts': files['my-method.ts'] };
    const [here, there] = [folderOf(files), folderOf(renamed)];
    expect(digestIn(here, './my-method.ts')).toMatch(/^[0-9a-f]{16}$/);
    expect(digestIn(there, './renamed.ts')).toBe(digestIn(here, './my-method.ts'));
  });

  test.each([
    ['itself', 'my-method.ts', `${files['my-method.ts']}// a comment\n`, true],
    ['a file that it imports', 'parts/a.ts', `${files['parts/a.ts']}\n`, true],
    ['a file behind that, named as JavaScript', 'b.ts', 'export const b = 2;\n', true],
    [
      'the version of a package',
      'node_modules/zod/package.json',
      '{ "name": "zod", "version": "4.0.1" }',
      true,
    ],
    ['a file that it does not import', 'other.ts', 'export const other = 2;\n', false],
  ])('%s', (_, path, text, changes) => {
    const folder = folderOf(files);
    const before = digestIn(folder, './my-method.ts');
    writeIn(folder, path, text);
    expect(digestIn(folder, './my-method.ts') !== before).toBe(changes);
  });
});

test('a file that is imported by its absolute path belongs to a plug-in', () => {
  const elsewhere = folderOf({ 'part.js': 'export const part = 1;' });
  const folder = folderOf({ 'my-method.js': `import { part } from '${elsewhere}/part.js';` });
  const before = digestIn(folder, './my-method.js');
  writeIn(elsewhere, 'part.js', 'export const part = 2;');
  expect(digestIn(folder, './my-method.js')).not.toBe(before);
});

describe('the digest of a package', () => {
  const manifest = '{ "name": "some-package", "version": "1.0.0", "exports": "./index.js" }';
  const inPackage = {
    'node_modules/some-package/package.json': manifest,
    'node_modules/some-package/index.js': 'export const methods = [];\n',
    'node_modules/some-package/lib/unused.js': 'export {};\n',
    'node_modules/some-package/README.md': 'some text',
  };

  test.each([
    ['lib/unused.js', 'export const x = 1;\n', true],
    ['package.json', manifest.replace('1.0.0', '1.0.1'), true],
    ['README.md', 'other text', false],
    ['node_modules/inner/index.js', 'export {};\n', false],
  ])('%s', (path, text, changes) => {
    const folder = folderOf(inPackage);
    const before = digestIn(folder, 'some-package');
    expect(digestIn(folder, './node_modules/some-package')).toBe(before);
    writeIn(folder, join('node_modules/some-package', path), text);
    expect(digestIn(folder, 'some-package') !== before).toBe(changes);
  });
});

test('a file of a package that is a link is read where it leads', () => {
  const elsewhere = folderOf({ 'part.js': 'export const part = 1;' });
  const folder = folderOf({
    'own/package.json': '{ "name": "own", "exports": "./index.js" }',
    'own/index.js': 'export const methods = [];',
  });
  symlinkSync(join(elsewhere, 'part.js'), join(folder, 'own/part.js'));
  symlinkSync(folder, join(folder, 'own/itself'));
  const before = digestIn(folder, './own');
  writeIn(elsewhere, 'part.js', 'export const part = 2;');
  expect(digestIn(folder, './own')).not.toBe(before);
});

test('imports are found in all their forms', () => {
  const text = `
    import a from './a.ts';
    import { b,
      c } from "./b.ts";
    import './c.ts';
    export * from './d.ts';
    const e = await import('./e.ts');
    const f = require('./f.cjs');
    const g = new URL('./g.json', import.meta.url);
    const from = 'no import';`;
  expect(importsOf(text)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.cjs', './g.json']);
});
