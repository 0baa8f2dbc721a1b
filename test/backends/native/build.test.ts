import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findCompiler } from '../../../backends/compiler.ts';
import { addonFile, build, hasOutdated, usableAddon } from '../../../backends/native/build.ts';

/** A build, or the reason why there is none; never an exception, and never half a file. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'native-build-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A script that takes the compiler's place: knows --version, and does what `body` says otherwise. */
function fakeCompiler(body: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'compiler-')), 'c++');
  onTestFinished(() => rmSync(join(file, '..'), { recursive: true, force: true }));
  writeFileSync(file, `#!/bin/sh\n[ "$1" = --version ] && exit 0\n${body}\n`);
  chmodSync(file, 0o755);
  vi.stubEnv('CXX', file);
  return file;
}

/** Writes what follows -o, as a compiler does. */
const writesOutput = 'while [ "$1" != -o ]; do shift; done; echo made > "$2"';

describe('nothing is built', () => {
  test('without a compiler, and the reason says how to get one', async () => {
    vi.stubEnv('CXX', '');
    vi.stubEnv('PATH', folder);
    expect(await findCompiler()).toBeUndefined();
    expect(await build({ folder })).toEqual({
      type: 'impossible',
      reason: expect.stringMatching(/no C\+\+ compiler found.*apt-get install g\+\+/) as string,
    });
  });

  test('where CXX names nothing', async () => {
    vi.stubEnv('CXX', '/nonexistent/c++');
    expect(await build({ folder })).toEqual({
      type: 'impossible',
      reason: 'CXX=/nonexistent/c++ is no C++ compiler that runs here',
    });
  });

  test('by a compiler that is too old: its own words, and what is needed', async () => {
    fakeCompiler('echo "warning: odd" >&2; echo "c++: error: unrecognized option -std=c++17" >&2; exit 1');
    const { type, reason } = (await build({ folder })) as { type: string; reason: string };
    expect(type).toBe('impossible');
    expect(reason).toMatch(/error: unrecognized option -std=c\+\+17 \(C\+\+17 is needed/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('by a compiler that dies without a word', async () => {
    fakeCompiler('kill -9 $$');
    expect(await build({ folder })).toMatchObject({
      type: 'impossible',
      reason: expect.stringMatching(/SIGKILL/) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('where only linking fails', async () => {
    fakeCompiler(`[ "$1" = -c ] || { echo "ld: error: no" >&2; exit 1; }; ${writesOutput}`);
    expect(await build({ folder })).toMatchObject({ type: 'impossible' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('into a folder that cannot be made', async () => {
    fakeCompiler(writesOutput);
    writeFileSync(join(folder, 'file'), '');
    expect(await build({ folder: join(folder, 'file', 'build') })).toMatchObject({
      type: 'impossible',
      reason: expect.stringMatching(/a part of this path is a file/) as string,
    });
  });

  test('again where it is there already', async () => {
    fakeCompiler('exit 1');
    writeFileSync(addonFile(undefined, folder), '');
    expect(await build({ folder })).toMatchObject({ type: 'up-to-date' });
    expect(await build({ folder, force: true })).toMatchObject({ type: 'impossible' });
  });
});

describe('a build', () => {
  test('replaces what is out of date, and leaves other flavours alone', async () => {
    fakeCompiler(writesOutput);
    writeFileSync(join(folder, 'release-0123456789abcdef.node'), 'old');
    writeFileSync(join(folder, 'address-0123456789abcdef.node'), 'other');
    expect(hasOutdated(undefined, folder)).toBe(true);
    expect(await build({ folder })).toMatchObject({ type: 'built' });
    expect(hasOutdated(undefined, folder)).toBe(false);
    expect(readdirSync(folder).toSorted()).toEqual([
      'address-0123456789abcdef.node',
      basename(addonFile(undefined, folder)),
    ]);
  });

  test('may go on in several processes at once', async () => {
    fakeCompiler(writesOutput);
    const made = await Promise.all([1, 2, 3].map(() => build({ folder, force: true })));
    expect(made.map(({ type }) => type)).toEqual(['built', 'built', 'built']);
    expect(readdirSync(folder)).toEqual([basename(addonFile(undefined, folder))]);
  });

  test('takes a compiler with arguments, such as ccache c++', async () => {
    const file = fakeCompiler(`[ "$1" = first ] || exit 1; [ "$2" = --version ] && exit 0; ${writesOutput}`);
    vi.stubEnv('CXX', `${file} first`);
    expect(await build({ folder })).toMatchObject({ type: 'built', compiler: `${file} first` });
  });

  test('of other rules is loaded until it is built again; one of other sources is not', () => {
    const here = addonFile(undefined, folder);
    const [sources] = /^release-[0-9a-f]{16}/.exec(basename(here))!;
    writeFileSync(join(folder, 'release-0123456789abcdef-01234567.node'), 'other sources');
    expect(usableAddon(undefined, folder)).toBeUndefined();
    const otherRules = join(folder, `${sources}-01234567.node`);
    writeFileSync(otherRules, 'other rules');
    expect(usableAddon(undefined, folder)).toBe(otherRules);
    writeFileSync(here, 'these rules');
    expect(usableAddon(undefined, folder)).toBe(here);
  });

  test('is another file for another kind of machine, and for a sanitizer', () => {
    const here = addonFile(undefined, folder);
    expect(addonFile('address', folder)).not.toBe(here);
    const arch = Object.getOwnPropertyDescriptor(process, 'arch')!;
    onTestFinished(() => void Object.defineProperty(process, 'arch', arch));
    Object.defineProperty(process, 'arch', { value: 'riscv64' });
    expect(addonFile(undefined, folder)).not.toBe(here);
  });
});

test('with the real compiler, where there is one, the file loads', { timeout: 300_000 }, async ({ skip }) => {
  skip((await findCompiler()) === undefined, 'no C++ compiler');
  const { file } = (await build()) as { file: string };
  expect(existsSync(file)).toBe(true);
  const addon = createRequire(import.meta.url)(file) as { configure(threads: number): string };
  expect(addon.configure(1)).toMatch(/^(baseline|avx2|avx512)$/);
});
