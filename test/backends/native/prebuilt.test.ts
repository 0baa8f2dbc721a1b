import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addonFile, usableAddon } from '../../../backends/native/build.ts';
import { damagedFolders, packedAs, prebuiltFolders } from '../../../backends/native/prebuilt.ts';
import {
  packageOf,
  prebuiltTargets,
  targetName,
  thisMachine,
  type Target,
} from '../../../backends/native/target.ts';
import { root } from '../../scripts/run-script.ts';
import { missing } from './addon.ts';
import { registry, type Published } from './registry.ts';

const mine = prebuiltTargets.find((target) => targetName(target) === targetName(thisMachine()));

/** Add-ons that come as packages: npm chooses the one for this machine, and it is loaded without a compiler. */

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'prebuilt-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the add-on to load', () => {
  const name = basename(addonFile());
  const withFiles = (...names: string[]) => {
    const folder = scratch();
    for (const name of names) writeFileSync(join(folder, name), '');
    return folder;
  };
  const [otherRules, otherSources] = [
    name.replace(/-\w{8}\.node$/, '-01234567.node'),
    'release-0123456789abcdef-01234567.node',
  ];

  test('is the one that was built here, then the prebuilt one', () => {
    const [built, prebuilt] = [withFiles(name), withFiles(name)];
    expect(usableAddon(undefined, built, [prebuilt])).toBe(join(built, name));
    expect(usableAddon(undefined, withFiles(), [prebuilt])).toBe(join(prebuilt, name));
  });

  test('is of these sources, and of these rules where there is one', () => {
    const [built, prebuilt] = [withFiles(otherRules), withFiles(name)];
    expect(usableAddon(undefined, built, [prebuilt])).toBe(join(prebuilt, name));
    expect(usableAddon(undefined, built, [withFiles(otherSources)])).toBe(join(built, otherRules));
    expect(usableAddon(undefined, withFiles(), [withFiles(otherRules)])).toMatch(otherRules);
    expect(usableAddon(undefined, withFiles(otherSources), [withFiles(otherSources)])).toBeUndefined();
  });
});

test.skipIf(mine === undefined)('a package with another add-on than was packed is not used', () => {
  const folder = scratch();
  const place = join(folder, 'node_modules', packageOf(mine!));
  const file = join(place, 'release-0123456789abcdef-01234567.node');
  mkdirSync(place, { recursive: true });
  writeFileSync(file, 'an add-on');
  const from = join(folder, 'index.js');
  const found = () => [prebuiltFolders(from), damagedFolders(from)];
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: packageOf(mine!), ...packedAs(file) }));
  expect(found()).toEqual([[place], []]);
  writeFileSync(file, 'an add');
  expect(found()).toEqual([[], [place]]);
  rmSync(file);
  expect(found()).toEqual([[], [place]]);
});

test('every kind of machine has a package and a name of its own', () => {
  expect(prebuiltTargets.map(targetName)).toEqual([
    ...[
      'linux-x64-gnu',
      'linux-x64-musl',
      'darwin-x64',
      'linux-arm64-gnu',
      'linux-arm64-musl',
      'darwin-arm64',
    ],
    'win32-x64',
  ]);
  const files = prebuiltTargets.map((target) => basename(addonFile(undefined, '/', target)));
  expect(new Set(files).size).toBe(5); // C libraries make no difference: their packages are two
});

test.skipIf(missing !== undefined)(
  `any Node.js can check an add-on: products are right, and the same bits for one thread and for two${missing ? ` (native backend: ${missing})` : ''}`,
  async () => {
    const check = join(import.meta.dirname, 'load-check.cjs');
    const { stdout } = await execa('node', [check, usableAddon()!]);
    const lines = stdout.split('\n').map((line) => line.split(' '));
    expect(lines.map(([set]) => set)).toContain('baseline');
    for (const [set, threads, error, digest] of lines) {
      expect(Number(error)).toBeLessThan(1e-5);
      expect(lines).toContainEqual([set, threads === '1' ? '2' : '1', error, digest]);
    }
  },
);

/** Packs what was built here, as `npm run pack:native` packs what it builds. */
async function packed(folder: string, target: Target, addon: string): Promise<Published> {
  const place = join(folder, targetName(target));
  mkdirSync(place);
  copyFileSync(addon, join(place, basename(addon)));
  const { platform, arch, libc } = target;
  const manifest = {
    ...{ name: packageOf(target), version: '0.1.0', os: [platform], cpu: [arch] },
    ...(libc && { libc: [libc] }),
    ...packedAs(addon),
  };
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest));
  const { stdout } = await execa('npm', ['pack', '--json'], { cwd: place });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return { manifest, file: join(place, filename) };
}

test.skipIf(missing !== undefined || mine === undefined)(
  `npm ci installs the package of this machine alone, and the backend runs without a compiler${missing ? ` (native backend: ${missing})` : ''}`,
  { timeout: 120_000 },
  async () => {
    const folder = scratch();
    const all = await Promise.all(prebuiltTargets.map((target) => packed(folder, target, usableAddon()!)));
    const address = await registry(all);

    // A project of the same files, in which nothing was built, and which depends on the packages.
    const project = join(folder, 'project');
    await execa('git', ['clone', '-q', root, project]);
    await execa('git', ['checkout', '-q', '--detach'], { cwd: project });
    const changed = (await execa('git', ['ls-files', '-mo', '--exclude-standard'], { cwd: root })).stdout;
    for (const path of changed.split('\n').filter((path) => path !== '' && existsSync(join(root, path)))) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      copyFileSync(join(root, path), join(project, path));
    }
    const optionalDependencies = Object.fromEntries(
      all.map(({ manifest }) => [manifest.name, manifest.version]),
    );
    const consumer = join(folder, 'consumer');
    mkdirSync(consumer);
    writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', version: '1.0.0', optionalDependencies })); // prettier-ignore
    copyFileSync(join(root, '.npmrc'), join(consumer, '.npmrc'));
    const npm = (...args: string[]) =>
      execa('npm', [...args, `--@embed-bench:registry=${address}`, '--cache', join(folder, 'npm')], {
        cwd: consumer,
      });
    await npm('install', '--package-lock-only');
    await npm('ci');
    const scope = join(consumer, 'node_modules/@embed-bench');
    expect(readdirSync(scope)).toEqual([basename(packageOf(mine!))]);
    expect(prebuiltFolders(join(consumer, 'index.js'))).toEqual([join(scope, basename(packageOf(mine!)))]);

    // The other packages are those of this folder, which npm ci would bring as well.
    mkdirSync(join(project, 'node_modules'));
    for (const name of readdirSync(join(root, 'node_modules')).filter((name) => name !== '@embed-bench'))
      symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
    symlinkSync(scope, join(project, 'node_modules/@embed-bench'));
    const bare = join(folder, 'bin'); // Node and nothing else
    mkdirSync(bare);
    symlinkSync(process.execPath, join(bare, 'node'));
    const run = (...args: string[]) =>
      execa(join(bare, 'node'), ['start/verb.js', ...args], {
        cwd: project,
        env: { PATH: bare, CXX: '' },
        reject: false,
      });
    const { stdout } = await run('doctor', '--json');
    const found = JSON.parse(stdout) as { backends: { name: string; ok: boolean }[] };
    expect(found.backends).toContainEqual(expect.objectContaining({ name: 'native', ok: true }));
    expect(await run('build-native')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('prebuilt') as string }); // prettier-ignore
    const few = [
      '--method',
      'full',
      '--rows',
      '300',
      '--seeds',
      '1',
      '--no-references',
      '--bottom',
      '16',
      '--top',
      '16',
    ];
    const out = join(folder, 'out');
    const bench = await run(
      'bench',
      ...few,
      '--backend',
      'native',
      '--cache',
      join(folder, 'cache'),
      '--out',
      out,
    );
    expect(bench).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(out, 'runs.jsonl'), 'utf8')).toContain('"backend":"native"');
    const { stdout: text } = await run('pack-native', '--names');
    expect(text.split('\n')).toEqual(all.map(({ manifest }) => `${manifest.name}@${manifest.version}`));
    expect(createRequire(import.meta.url)(prebuiltFolders(join(project, 'index.js'))[0] + `/${basename(usableAddon()!)}`)).toBeDefined(); // prettier-ignore
  },
);
