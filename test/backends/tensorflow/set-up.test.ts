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
import { setUp, type SetUpOptions } from '../../../backends/tensorflow/set-up/set-up.ts';
import { verify } from '../../../backends/tensorflow/set-up/verified.ts';
import { cudaRequirements, fromRegistry } from '../../../backends/tensorflow/set-up/wheel.ts';
import { Fault } from '../../../harness/contract/fault.ts';
import { scratch } from '../../scripts/run-script.ts';

/** Everything about setting up but TensorFlow itself, which takes 0.9 GB: `.ci/run` does that. */

afterEach(() => {
  vi.unstubAllEnvs();
});

const silent = () => undefined;
const onLinux = process.platform === 'linux' && packageFolder() !== undefined;
const compiler = await findCompiler();
const { failed: noPython } = await execa('python3', ['--version'], { reject: false });

/** A server that answers every request with this. */
async function serve(status: number, body: Buffer): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/lib.tar.gz`;
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

  type Refused = readonly [
    what: string,
    options: () => Pick<SetUpOptions, 'archive' | 'wheel'> | Promise<Pick<SetUpOptions, 'archive' | 'wheel'>>,
    message: RegExp,
  ];
  const archives: readonly Refused[] = [
    [
      'an archive nobody serves',
      () => ({ archive: 'http://127.0.0.1:9/lib.tar.gz' }),
      /^http:\/\/127.0.0.1:9\/lib.tar.gz cannot be fetched: (connect|bad port)/,
    ],
    [
      'an archive that is not there',
      async () => ({ archive: await serve(404, Buffer.of()) }),
      /cannot be fetched: the server says 404$/,
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
    expect(failure).toBeInstanceOf(Fault);
    expect((failure as Fault).message).toMatch(message);
    expect((failure as Fault).message).not.toContain('\n');
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

test('for a card takes the libraries that the wheel names, of the versions it names', async () => {
  const folder = scratch();
  const bin = scratch();
  // Stands for python3: notes what pip is asked for, and unpacks a wheel of its own.
  writeFileSync(
    join(bin, 'python3'),
    `#!/bin/sh
if test "$1" = -m; then
  echo "$@" >> "${bin}/asked"
  mkdir -p "$7" && echo > "$7/tensorflow-2.21.0.whl"
else
  mkdir -p "$5/tensorflow-2.21.0.dist-info"
  echo 'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"' > "$5/tensorflow-2.21.0.dist-info/METADATA"
fi
`,
  );
  chmodSync(join(bin, 'python3'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  await fromRegistry('2.21.0', 'cuda', folder, silent);
  const asked = readFileSync(join(bin, 'asked'), 'utf8').trim().split('\n');
  expect(asked).toHaveLength(2);
  for (const line of asked)
    expect(line).toMatch(/^-m pip download --no-deps .*--python-version 3.11 .*manylinux_2_17_/);
  expect(asked[0]).toMatch(/ tensorflow==2\.21\.0$/);
  expect(asked[1]).toMatch(/ nvidia-cudnn-cu12<10\.0,>=9\.3\.0\.75$/);
  expect(readdirSync(folder)).toEqual(['tensorflow-2.21.0.dist-info']);
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
