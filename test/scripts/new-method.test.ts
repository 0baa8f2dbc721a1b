import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../base/user-error.ts';
import { methods, wrappers } from '../../methods/index.ts';
import { newMethodFiles, requireFreeName, variableOf } from '../../scripts/new-method/method-template.ts';
import { root, runScript } from './run-script.ts';

const index = readFileSync(join(root, 'methods/index.ts'), 'utf8');
const files = newMethodFiles('two-rows', index);

describe('a new method', () => {
  test('is the example under its own name, and so is its test', () => {
    const method = files['methods/two-rows.ts'];
    expect(method).toContain(
      "export const twoRows: Method<z.infer<typeof options>> = {\n  name: 'two-rows',",
    );
    expect(method).toContain("title: 'Two rows',");
    expect(files['test/methods/two-rows.test.ts']).toContain(
      "import { twoRows } from '../../methods/two-rows.ts';",
    );
    expect(JSON.stringify(files)).not.toMatch(/shared-rows|sharedRows|Shared rows/);
  });

  test('imports what is there', () => {
    for (const [file, text] of Object.entries(files))
      for (const [, path] of text.matchAll(/from '(\.[^']+)'/g)) {
        const imported = join(dirname(file), path);
        expect(imported in files || existsSync(join(root, imported)), `${file}: ${path}`).toBe(true);
      }
  });

  test('has a line among the imports, and one at the end of its family', () => {
    const [before, after] = [index, files['methods/index.ts']].map((text) => text.split('\n'));
    const added = after.filter((line) => !before.includes(line));
    expect(added).toEqual(["import { twoRows } from './two-rows.ts';", '  twoRows,']);
    expect(after.filter((line) => !added.includes(line))).toEqual(before);
    expect(after[after.indexOf('  twoRows,') + 1]).toBe('  // structured');
    const imports = (name: string) => {
      const lines = newMethodFiles(name, index)['methods/index.ts'].split('\n');
      return lines.filter((line) => line.includes("from './"));
    };
    expect(imports('a')[0]).toContain("'./a.ts'");
    expect(imports('zz').at(-1)).toContain("'./zz.ts'");
  });

  test.each([
    ['', 'an empty name is no name of a method'],
    ['Two', 'Two is no name of a method'],
    ['two_rows', 'two_rows is no name of a method'],
    ['-two', '-two is no name of a method'],
    ['../two', '../two is no name of a method'],
    ['2-rows', '2-rows is no name of a method'],
    ['full', 'full is taken: give'],
    ['md', 'md is taken, by mixed-dimension: give'],
    ['int8', 'int8 is taken: give'],
    ['shared', 'shared is a word of its own here'],
    ['class', 'class is a word of its own here'],
    ['row-shares', 'row-shares is a word of its own here'],
    ['within-budget', 'within-budget is a word of its own here'],
    ['feasible-plan', 'feasible-plan is a word of its own here'],
    ['undefined', 'undefined is a word of its own here'],
    ['lookups-of', 'lookups-of is a word of its own here'],
  ])('is not called "%s"', (name, says) => {
    expect(() => requireFreeName(name, [...methods, ...wrappers])).toThrow(UserError);
    expect(() => requireFreeName(name, [...methods, ...wrappers])).toThrow(says);
    expect(() => requireFreeName(name, [...methods, ...wrappers])).toThrow(/^[^\n]+$/);
  });

  test('of a good name is welcome', () => {
    for (const name of ['two-rows', 'x', 'top10-rows']) requireFreeName(name, [...methods, ...wrappers]);
    expect(['x', 'two-rows', 'top-10'].map(variableOf)).toEqual(['x', 'twoRows', 'top10']);
  });
});

test('CONTRIBUTING shows the method that tests run', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const shown = /```ts\n([\s\S]*?)\n *```/.exec(text)![1].replace(/^ {3}/gm, '');
  expect(shown).toBe(newMethodFiles('shared-rows', index)['methods/shared-rows.ts'].trimEnd());
});

test.each([
  ['new-method', ['md'], 'error: md is taken, by mixed-dimension: give the method another name'],
  ['check-method', ['hashing-trik'], 'hashing-trick'],
])('%s %j is one line and exit code 2', { timeout: 60_000 }, async (verb, args, line) => {
  const { exitCode, stderr } = await runScript(verb, args);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(line);
  expect(exitCode).toBe(2);
});
