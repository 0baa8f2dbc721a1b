import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../base/user-error.ts';
import { loadPlugins } from '../../plugins/index.ts';
import { methods } from '../../methods/index.ts';
import { runScript } from '../scripts/run-script.ts';
import { folderOf, oneRowMethod } from './written-plugin.ts';

/** Every mistake of a plug-in is one line that says what and where, and adds nothing to the catalogues. */

const said = async (files: Readonly<Record<string, string>>, from: string) => {
  const before = methods.length;
  const error: unknown = await loadPlugins([from], folderOf(files)).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as UserError;
  expect(message).not.toContain('\n');
  expect(methods).toHaveLength(before);
  return message;
};

const manifest = (more: object) => JSON.stringify({ name: 'p', ...more });

describe('a plug-in that cannot be found', () => {
  test.each([
    [{}, './none.ts', /there is no such file/],
    [{ 'a/b.ts': '' }, './a', /a folder without package.json/],
    [{}, 'some-package', /no package of this name is installed here; npm install some-package/],
    [{ 'some-package': '' }, 'some-package', /a file is \.\/some-package/],
    [{}, 'not a name', /neither a path .* nor the name of a package/],
    [{ 'node_modules/p/package.json': '{' }, 'p', /package.json is damaged/],
    [
      { 'node_modules/p/package.json': manifest({ exports: { './x': './x.js' } }) },
      'p',
      /names no file to import/,
    ],
    [{ 'node_modules/p/package.json': manifest({ exports: './x.js' }) }, 'p', /\(\.\/x\.js is missing\)/],
  ])('%o', async (files, from, says) => {
    expect(await said(files, from)).toMatch(says);
  });
});

test('a plug-in that never ends loading is named', { timeout: 60_000 }, async () => {
  const file = join(
    folderOf({ 'p.mjs': 'await new Promise(() => {}); export const methods = [];' }),
    'p.mjs',
  );
  const { exitCode, stderr } = await runScript('list', ['--plugin', file]);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: `error: --plugin ${file}: it cannot be loaded: it awaits something that never comes`,
  });
});

const method = oneRowMethod('taken-nowhere');

describe('a plug-in that cannot be used', () => {
  test.each([
    ['export const x = 1;', /exports nothing to use/],
    ['export const methods = 1;', /its export methods: expected array/],
    [method.replace("title: 'One row',", ''), /its export methods\[0\]\.title: expected string/],
    [method.replace('https://example.org', ''), /its export methods\[0\]\.paper\.url/],
    [method.replace("'taken-nowhere'", "'Taken Nowhere'"), /lower-case words with hyphens/],
    [method.replace('z.strictObject({})', '{}'), /expected a schema of zod 4/],
    [method.replace('plan(', 'plans('), /its export methods\[0\]\.plan: expected a function plan/],
    ["throw new Error('broken');", /it cannot be loaded: broken \(p\.mjs:1\)/],
    ["import { x } from 'no-such-package';", /it cannot be loaded: .*no-such-package/],
    ["import { noSuch } from 'embed-bench/method';", /it cannot be loaded: .*noSuch/],
  ])('%s', async (text, says) => {
    expect(await said({ 'p.mjs': text }, './p.mjs')).toMatch(says);
  });

  test('TypeScript with a mistake is named with its line', async () => {
    const message = await said({ 'p.ts': 'export const methods: Method[] = [;\n' }, './p.ts');
    expect(message).toMatch(/it cannot be loaded: /);
  });
});

describe('a name that is taken', () => {
  test.each([
    [
      'mixed-dimension',
      [],
      /the method mixed-dimension has a name that is taken by the method mixed-dimension; rename it/,
    ],
    [
      'new-name',
      ['md'],
      /the method new-name, also called md, has a name that is taken by the method mixed-dimension/,
    ],
    ['int8', [], /taken by the wrapper int8/],
    ['dlrm', [], /taken by the model dlrm/],
    ['planted', [], /taken by the data set planted/],
    ['adagrad', [], /taken by the optimizer adagrad/],
    ['all', [], /taken by a word of the command line/],
    ['twice', ['twice'], /taken by the method twice of this plug-in/],
  ])('%s %o', async (name, aliases, says) => {
    expect(await said({ 'p.mjs': oneRowMethod(name, { aliases }) }, './p.mjs')).toMatch(says);
  });
});
