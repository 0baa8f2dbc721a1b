import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findCompiler } from '../../../backends/compiler.ts';
import {
  findInstallation,
  type Installed,
  packageFolder,
  packageVersion,
  platform,
  recordFile,
} from '../../../backends/tensorflow/installation.ts';
import { archiveUrl } from '../../../backends/tensorflow/set-up/archive.ts';
import { buildBinding } from '../../../backends/tensorflow/set-up/binding.ts';
import { cudaPackages, defaultVersion, pinned } from '../../../backends/tensorflow/set-up/pins.ts';
import { fetchSecurely, withoutSecrets } from '../../../backends/tensorflow/set-up/secure-fetch.ts';
import { setUp, type SetUpOptions } from '../../../backends/tensorflow/set-up/set-up.ts';
import { verify } from '../../../backends/tensorflow/set-up/verified.ts';
import { cudaRequirements, fromRegistry } from '../../../backends/tensorflow/set-up/wheel.ts';
import { UserError } from '../../../base/user-error.ts';
import { scratch } from '../../scripts/run-script.ts';

/** Everything about setting up but TensorFlow itself, which takes 0.9 GB: `.ci/run` does that. */

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const silent = () => undefined;
const onLinux = process.platform === 'linux' && packageFolder() !== undefined;
const compiler = await findCompiler();
const { failed: noPython } = await execa('python3', ['--version'], { reject: false });

/** The https address of a server that answers every request with this; a certificate is nothing to test here. */
async function serve(status: number, body: Buffer): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const real = fetch;
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) =>
    real(url.replace(/^https:\/\/([^/]*@)?archive\.test/, `http://127.0.0.1:${port}`), init),
  );
  return 'https://user:secret@archive.test/lib.tar.gz?token=secret';
}

/** The address of a server that names another one. */
async function serveRedirect(to: string): Promise<string> {
  vi.stubGlobal('fetch', () =>
    Promise.resolve(new Response(null, { status: 302, headers: { location: to } })),
  );
  return Promise.resolve('https://archive.test/lib.tar.gz');
}

/** A zip or tar.gz of a folder with one file. */
async function pack(name: string, file: string): Promise<string> {
  const folder = scratch();
  mkdirSync(join(folder, 'content', file, '..'), { recursive: true });
  writeFileSync(join(folder, 'content', file), 'content');
  const packed = join(folder, name);
  const options = { cwd: join(folder, 'content') };
  if (name.endsWith('.gz')) await execa('tar', ['-czf', packed, '.'], options);
  else await execa('python3', ['-m', 'zipfile', '-c', packed, '.'], options);
  return packed;
}

describe.runIf(onLinux && compiler !== undefined)('set-up', () => {
  const noLibrary = /^there is no TensorFlow library in it \(libtensorflow_cc\.so\.2/;

  type Source = Pick<SetUpOptions, 'archive' | 'wheel' | 'sha256'>;
  type Refused = readonly [what: string, options: () => Source | Promise<Source>, message: RegExp];
  const archives: readonly Refused[] = [
    [
      'an archive nobody serves',
      () => ({ archive: 'https://127.0.0.1:9/lib.tar.gz' }),
      /^https:\/\/127.0.0.1:9\/lib.tar.gz cannot be fetched: (connect|bad port)/,
    ],
    [
      'an archive without https',
      () => ({ archive: 'http://user:secret@archive.test/lib.tar.gz?token=secret' }),
      /^http:\/\/archive.test\/lib.tar.gz is not fetched: only https addresses are$/,
    ],
    [
      'an archive that leads away from https',
      async () => ({ archive: await serveRedirect('http://archive.test/secret') }),
      /^http:\/\/archive.test\/secret is not fetched: only https addresses are$/,
    ],
    [
      'an archive that is another one',
      async () => ({ archive: await serve(200, Buffer.from('hello')), sha256: 'a'.repeat(64) }),
      /^lib\.tar\.gz has sha256 2cf24dba[0-9a-f]{56}, not a{64}: it is another file, and nothing was set up$/,
    ],
    [
      'an archive that is not there',
      async () => ({ archive: await serve(404, Buffer.of()) }),
      /^https:\/\/archive\.test\/lib\.tar\.gz cannot be fetched: the server says 404$/,
    ],
    [
      'an archive that is none',
      async () => ({ archive: await serve(200, Buffer.from('hello')) }),
      /was not unpacked: .+/,
    ],
    [
      'an archive of something else',
      async () => ({ archive: await serve(200, readFileSync(await pack('a.tar.gz', 'lib/libother.so'))) }),
      noLibrary,
    ],
  ];
  const wheels: readonly Refused[] = [
    [
      'a wheel that is not there',
      () => ({ wheel: '/nonexistent.whl' }),
      /^\/nonexistent.whl was not unpacked: .*No such file/,
    ],
    [
      'a wheel that is none',
      () => {
        const file = join(scratch(), 'a.whl');
        writeFileSync(file, 'hello');
        return { wheel: file };
      },
      /a.whl was not unpacked: .*not a zip file/,
    ],
    ['a wheel of something else', async () => ({ wheel: await pack('a.whl', 'numpy/core.so') }), noLibrary],
  ];

  async function isRefused(options: Refused[1], message: RegExp) {
    const folder = scratch();
    writeFileSync(recordFile(folder), 'as it was');
    const given = await options();
    const failure = await setUp({ ...given, device: 'cpu', folder }, silent).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(message);
    expect((failure as UserError).message).not.toContain('\n');
    expect((failure as UserError).message).not.toMatch(/token|user:/);
    expect(readdirSync(folder)).toEqual(['set-up.json']);
    expect(readFileSync(recordFile(folder), 'utf8')).toBe('as it was');
  }

  test.each(archives)('of %s is refused, and leaves everything as it was', (_, options, message) =>
    isRefused(options, message),
  );
  test.skipIf(noPython).each(wheels)(
    'of %s is refused, and leaves everything as it was',
    (_, options, message) => isRefused(options, message),
  );

  test('says that it needs a compiler', async () => {
    vi.stubEnv('CXX', '/nonexistent/c++');
    await expect(setUp({ device: 'cpu', folder: scratch() }, silent)).rejects.toThrow(
      'CXX=/nonexistent/c++ is no C++ compiler that runs here',
    );
  });

  test('says that a wheel needs python3', async () => {
    const wheel = join(scratch(), 'a.whl');
    const { stdout } = await execa('which', [compiler![0]]);
    vi.stubEnv('CXX', stdout);
    vi.stubEnv('PATH', scratch());
    await expect(setUp({ wheel, device: 'cpu', folder: scratch() }, silent)).rejects.toThrow(
      /^python3 is needed to fetch and unpack a wheel/,
    );
  });

  test('does nothing where it was done already', async () => {
    const folder = scratch();
    const installed = install(folder);
    const said: string[] = [];
    const again = await setUp({ version: '2.21.0', device: 'cpu', folder }, (line) => said.push(line));
    expect([again, said]).toEqual([installed, []]);
  });

  test('names the first complaint of the compiler, and of a library that does not load', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'lib'));
    for (const name of ['libtensorflow.so.2', 'libtensorflow_framework.so.2'])
      writeFileSync(join(folder, 'lib', name), '');
    await expect(buildBinding(compiler!, packageFolder()!, folder)).rejects.toThrow(
      /^the add-on was not built: .* failed: .*c_api\.h/,
    );
    const file = join(folder, 'tfjs_binding.node');
    writeFileSync(file, 'no add-on');
    await expect(verify(file)).rejects.toThrow(
      /^a training step did not work: .*TensorFlow's library was not loaded: .*(file too short|invalid ELF header)/,
    );
  });
});

/** Stands for python3: notes what pip is asked for, leaves a wheel of this name, and unpacks one of this version. */
function fakePython(wheel: string, version: string): string {
  const bin = scratch();
  writeFileSync(
    join(bin, 'python3'),
    `#!/bin/sh
if test "$1" = -m; then
  echo "$@" >> "${bin}/asked"
  mkdir -p "$7" && echo > "$7/${wheel}"
else
  mkdir -p "$5/tensorflow-${version}.dist-info"
  printf '%s\\n' Name Version:\\ ${version} 'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"' \\
    > "$5/tensorflow-${version}.dist-info/METADATA"
fi
`,
  );
  chmodSync(join(bin, 'python3'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  return join(bin, 'asked');
}

describe('from the registry', () => {
  const empty = createHash('sha256').update('\n').digest('hex');

  test('for a card takes the libraries that the wheel names, of the versions it names, and says what nobody checked', async () => {
    const folder = scratch();
    const asked = fakePython('tensorflow-2.20.0.whl', '2.20.0');
    const said: string[] = [];
    await fromRegistry('2.20.0', 'cuda', folder, undefined, (line) => said.push(line));
    const lines = readFileSync(asked, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatch(/^-m pip download --no-deps .*--python-version 3.11 .*manylinux_2_17_/);
    expect(lines[0]).toMatch(/ tensorflow==2\.20\.0$/);
    expect(lines[1]).toMatch(/ nvidia-cudnn-cu12<10\.0,>=9\.3\.0\.75$/);
    expect(readdirSync(folder)).toEqual(['tensorflow-2.20.0.dist-info']);
    expect(
      said.filter((line) => line.startsWith('warning: nothing says what tensorflow-2.20.0.whl')),
    ).toEqual(Array.from({ length: 2 }, () => expect.stringContaining(empty) as string));
  });

  test('takes no other wheel than the one that the user names', async () => {
    fakePython('tensorflow-2.20.0.whl', '2.20.0');
    const said: string[] = [];
    await fromRegistry('2.20.0', 'cpu', scratch(), empty, (line) => said.push(line));
    expect(said.join()).not.toContain('warning');
    await expect(fromRegistry('2.20.0', 'cpu', scratch(), 'b'.repeat(64), silent)).rejects.toThrow(
      `tensorflow-2.20.0.whl has sha256 ${empty}, not ${'b'.repeat(64)}`,
    );
  });

  test('of the default version takes what is pinned, and nothing else', async () => {
    const wheel = Object.keys(pinned).find((name) => name.startsWith('tensorflow-'))!;
    const asked = fakePython(wheel, defaultVersion);
    await expect(fromRegistry(defaultVersion, 'cuda', scratch(), undefined, silent)).rejects.toThrow(
      `${wheel} has sha256 ${empty}, not ${pinned[wheel]}: it is another file, and nothing was set up`,
    );
    fakePython('tensorflow-2.21.0-of-another-name.whl', defaultVersion);
    await expect(fromRegistry(defaultVersion, 'cuda', scratch(), undefined, silent)).rejects.toThrow(
      'tensorflow-2.21.0-of-another-name.whl is not among the files that this version was pinned to',
    );
    expect(readFileSync(asked, 'utf8')).not.toContain('nvidia'); // it came no further
  });

  test('pins a wheel of every package for both kinds of machines', () => {
    for (const machine of ['x86_64', 'aarch64']) {
      const names = Object.keys(pinned).filter((name) => name.endsWith(`${machine}.whl`));
      for (const requirement of [...cudaPackages, `tensorflow==${defaultVersion}`]) {
        const start = requirement.replaceAll('-', '_').replace('==', '-');
        expect(
          names.filter((name) => name.startsWith(`${start}-`)),
          requirement,
        ).toHaveLength(1);
      }
    }
    for (const sha256 of Object.values(pinned)) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(cudaPackages.every((requirement) => /^nvidia-[a-z0-9-]+==[\d.]+$/.test(requirement))).toBe(true);
  });
});

test('a user in an address is told to its server alone', async () => {
  const asked: [string, unknown][] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push([url, init.headers]);
    const to = url.includes('other') ? undefined : { location: 'https://other.test/b' };
    return Promise.resolve(new Response(null, { status: to ? 302 : 200, ...(to && { headers: to }) }));
  });
  const { status } = await fetchSecurely('https://me:p%40w@archive.test/a?token=1');
  expect(status).toBe(200);
  const authorization = `Basic ${Buffer.from('me:p@w').toString('base64')}`;
  expect(asked).toEqual([
    ['https://archive.test/a?token=1', { authorization }],
    ['https://other.test/b', {}],
  ]);
});

test('a user that is no percent encoding is meant as it stands', async () => {
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    asked.push(init.headers);
    return Promise.resolve(new Response(null, { status: 200 }));
  });
  await fetchSecurely('https://a%zz@archive.test/a');
  expect(asked).toEqual([{ authorization: `Basic ${Buffer.from('a%zz:').toString('base64')}` }]);
});

test('addresses are shown without users, passwords and queries', () => {
  expect(withoutSecrets('at https://me:pw@a.test/x/y.whl?token=1#z failed; see http://b.test.')).toBe(
    'at https://a.test/x/y.whl failed; see http://b.test.',
  );
  expect(withoutSecrets("no 'https://a:b@c@d.test'")).toBe("no 'https://d.test'");
  expect(withoutSecrets('no address')).toBe('no address');
});

test("what a card needs is read from a wheel's metadata, in both of its forms", () => {
  const metadata = `Name: tensorflow
Requires-Dist: numpy>=1.26.0
Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"
Requires-Dist: nvidia-cudnn-cu12 (==8.9.4.25) ; extra == 'and-cuda'
Requires-Dist: nvidia-other; extra == "other"
`;
  expect(cudaRequirements(metadata)).toEqual([
    'nvidia-cublas-cu12<13.0,>=12.5.3.2',
    'nvidia-cudnn-cu12==8.9.4.25',
  ]);
});

test('the official archive is where that version has it', () => {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  expect(archiveUrl('2.9.1', 'cuda')).toBe(
    `https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow-gpu-linux-${machine}-2.9.1.tar.gz`,
  );
  expect(archiveUrl('2.18.1', 'cpu')).toBe(
    `https://storage.googleapis.com/tensorflow/versions/2.18.1/libtensorflow-cpu-linux-${machine}.tar.gz`,
  );
});

describe.runIf(packageFolder() !== undefined)('an installation', () => {
  test('is found where everything is there', () => {
    const folder = scratch();
    const record = install(folder);
    expect(findInstallation(folder)).toEqual({
      type: 'ready',
      record,
      binding: join(folder, 'place', 'tfjs_binding.node'),
    });
  });

  test.each([
    ['nothing', () => undefined, 'it is not set up: npm run setup:tensorflow'],
    [
      'a record of another form',
      (folder: string) => writeFileSync(recordFile(folder), '{}'),
      'it is not set up: npm run setup:tensorflow',
    ],
    [
      'another kind of machine',
      (folder: string) => install(folder, { platform: 'plan9-mips' }),
      'it was set up for another kind of machine: npm run setup:tensorflow',
    ],
    [
      'another package',
      (folder: string) => install(folder, { package: '1.0.0' }),
      'it was set up for another version of its package: npm run setup:tensorflow',
    ],
    [
      'no add-on',
      (folder: string) => install(folder, { folder: 'gone' }),
      'gone/tfjs_binding.node is gone: npm run setup:tensorflow',
    ],
  ])('says what to do: %s', (_, prepare, reason) => {
    const folder = scratch();
    prepare(folder);
    const found = findInstallation(folder);
    expect(found.type === 'absent' && found.reason).toContain(reason);
  });
});

/** The files of one, without TensorFlow. */
function install(folder: string, changes: Partial<Installed> = {}): Installed {
  const record: Installed = {
    folder: 'place',
    version: '2.21.0',
    device: 'cpu',
    gpu: false,
    source: 'a wheel',
    platform,
    package: packageVersion(),
    ...changes,
  };
  mkdirSync(join(folder, 'place'));
  writeFileSync(join(folder, 'place', 'tfjs_binding.node'), '');
  writeFileSync(recordFile(folder), JSON.stringify(record));
  return record;
}
