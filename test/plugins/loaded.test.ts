import { join } from 'node:path';
import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { withinBudget } from '../../harness/contract/size.ts';
import { loadPlugins, loadUsed, originsOf } from '../../plugins/index.ts';
import { shareModules } from '../../plugins/shared-modules.ts';
import { findMethod } from '../../suites/find-method.ts';
import { expand } from '../../suites/job.ts';
import { zipfFields } from '../layers.ts';
import { someSettings as settings } from '../suites/settings.ts';
import { folderOf, oneRowMethod, writeIn } from './written-plugin.ts';

test('a plug-in has the modules of this process, and its method is one of the catalogue', async () => {
  const modules = await shareModules();
  expect(modules.method.withinBudget).toBe(withinBudget);
  expect(modules.dataset.random).toBe(random);
  const folder = folderOf({ 'p.mjs': oneRowMethod('from-a-file', { aliases: ['faf'] }) });
  const [{ use, plugin }] = await loadPlugins(['./p.mjs'], folder);
  expect(findMethod('faf')).toBe(plugin.methods![0]);
  expect(findMethod('int8(faf)').name).toBe('int8(from-a-file)');
  const plan = findMethod('faf').plan({ fields: zipfFields([5, 9]), dim: 4, budget: 32, seed: 1 }, {});
  expect(isInfeasible(plan)).toBe(false);
  expect(await loadPlugins([join(folder, 'p.mjs')])).toEqual([{ use, plugin }]); // once
  const identity = { name: 'p.mjs', digest: use.digest };
  for (const method of ['from-a-file', 'int8(from-a-file)'])
    expect(originsOf({ method, model: 'dlrm', dataset: 'planted' })).toEqual([identity]);
  expect(originsOf({ method: 'mixed-dimension', model: 'dlrm', dataset: 'planted' })).toBeUndefined();
});

test('runs name the plug-in that they came from, and only those have other ids', async () => {
  const before = expand({ ...settings, methods: [{ name: 'md', options: {} }] }, 'data');
  const folder = folderOf({ 'p.mjs': oneRowMethod('named-in-runs') });
  const [{ use }] = await loadPlugins(['./p.mjs'], folder);
  const both = [
    { name: 'md', options: {} },
    { name: 'int8(named-in-runs)', options: {} },
  ];
  const jobs = expand({ ...settings, methods: both, plugins: [use] }, 'data');
  const others = jobs.filter(({ method }) => method !== 'int8(named-in-runs)');
  expect(others).toEqual(before);
  const own = jobs.filter(({ method }) => method === 'int8(named-in-runs)');
  expect(own.length).toBeGreaterThan(0);
  for (const { plugins } of own) expect(plugins).toEqual([{ name: 'p.mjs', digest: use.digest }]);
});

test('a process that finds other code than the comparison began with stops', async () => {
  const folder = folderOf({ 'p.mjs': oneRowMethod('edited-later') });
  const [{ use }] = await loadPlugins(['./p.mjs'], folder);
  await loadUsed([use], folder);
  const begun = { ...use, digest: '0123456789abcdef' };
  await expect(loadUsed([begun], folder)).rejects.toThrow(/its code has changed since this comparison began/);
});

test('TypeScript is loaded with the files beside it', async () => {
  const text = oneRowMethod('in-typescript')
    .replace('export const methods', `import { scale } from './scale.ts';\nexport const methods: object[]`)
    .replace(', 1);', ', scale);');
  const folder = folderOf({ 'p.ts': text });
  writeIn(folder, 'scale.ts', 'export const scale: number = 1;\n');
  writeIn(folder, 'package.json', '{ "type": "module" }');
  await loadPlugins(['./p.ts'], folder);
  expect(findMethod('in-typescript').title).toBe('One row');
});
