import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { scratch } from './run-script.ts';

/** Installing runs nothing that was installed. */

const root = join(import.meta.dirname, '../..');
const json = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>;

test('packages with install scripts are known, and are denied them twice', () => {
  const packages = json('package-lock.json').packages as Record<string, { hasInstallScript?: true }>;
  const withScripts = Object.keys(packages).filter((name) => packages[name].hasInstallScript);
  const { allowScripts } = json('package.json') as { allowScripts: Record<string, boolean> };
  expect(withScripts.map((path) => path.replace('node_modules/', ''))).toEqual(Object.keys(allowScripts));
  expect(Object.values(allowScripts)).toEqual(withScripts.map(() => false));
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

test('npm ci runs neither a script of a dependency nor one of the project', { timeout: 60_000 }, async () => {
  const folder = scratch();
  const marker = (name: string) => join(folder, `${name}-ran`);
  const write = (name: string) => `node -e "require('fs').writeFileSync('${marker(name)}', '')"`;
  mkdirSync(join(folder, 'dependency'));
  const dependency = { name: 'dependency', version: '1.0.0', scripts: { install: write('install'), postinstall: write('postinstall') } }; // prettier-ignore
  writeFileSync(join(folder, 'dependency/package.json'), JSON.stringify(dependency));
  const { stdout } = await execa('npm', ['pack', './dependency', '--silent'], { cwd: folder });
  const project = {
    name: 'project',
    version: '1.0.0',
    scripts: { postinstall: write('project') },
    dependencies: { dependency: `file:${stdout.trim()}` },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  copyFileSync(join(root, '.npmrc'), join(folder, '.npmrc'));
  await execa('npm', ['install', '--offline', '--package-lock-only'], { cwd: folder });
  await execa('npm', ['ci', '--offline'], { cwd: folder });
  expect(existsSync(join(folder, 'node_modules/dependency/package.json'))).toBe(true);
  for (const name of ['install', 'postinstall', 'project'])
    expect(existsSync(marker(name)), name).toBe(false);
});
