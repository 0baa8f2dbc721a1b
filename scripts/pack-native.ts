import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Option } from 'commander';
import { execa } from 'execa';
import { build } from '../backends/native/build.ts';
import { packedAs } from '../backends/native/prebuilt.ts';
import { packageOf, prebuiltTargets, targetName, thisMachine } from '../backends/native/target.ts';
import { projectRoot } from '../base/project-root.ts';
import { UserError } from '../base/user-error.ts';
import { diskFault, writing } from '../files/disk-fault.ts';
import { makeFolder } from '../files/folders.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const names = prebuiltTargets.map(targetName);

const command = verb('pack:native', '[--target linux-arm64-gnu]')
  .description(
    'Builds the native backend for one kind of machine and packs it as a npm package, so that installing needs no compiler. CXX ' +
      'names a compiler for another machine than this one (docs/backends.md).',
  )
  .option('--out <folder>', 'folder of the package, a .tgz', 'dist')
  .addOption(new Option('--target <name>', 'kind of machine (default: this one)').choices(names))
  .option('--names', 'names and versions of the packages of all kinds of machines, and nothing packed');

export const ended = main(async () => {
  const options = command.parse().opts<{ out: string; target?: string; names?: true }>();
  const { version, license, engines } = JSON.parse(
    readFileSync(join(projectRoot, 'package.json'), 'utf8'),
  ) as {
    version: string;
    license: string;
    engines: object;
  };
  if (options.names) {
    print(prebuiltTargets.map((target) => `${packageOf(target)}@${version}`).join('\n'));
    return 0;
  }
  const wanted = options.target ?? targetName(thisMachine());
  const target = prebuiltTargets.find((one) => targetName(one) === wanted);
  if (target === undefined) throw new UserError(`${wanted}: add-ons are packed for ${names.join(', ')}`);

  const scratch = writing(tmpdir(), () => mkdtempSync(join(tmpdir(), 'embed-bench-native-')), {
    otherwise: 'name another folder in TMPDIR',
  });
  try {
    const built = await build({ target, folder: join(scratch, 'build') });
    if (built.type === 'impossible') throw new UserError(`${wanted} cannot be built: ${built.reason}`);
    const folder = join(scratch, 'package');
    mkdirSync(folder);
    const addon = basename(built.file);
    copyFileSync(built.file, join(folder, addon));
    copyFileSync(join(projectRoot, 'LICENSE'), join(folder, 'LICENSE'));
    const { platform, arch, libc } = target;
    const manifest = {
      name: packageOf(target),
      version,
      description: `The native backend of embed-bench for ${wanted}`,
      ...{ license, engines, os: [platform], cpu: [arch], ...(libc && { libc: [libc] }) },
      files: [addon],
      ...packedAs(built.file),
    };
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    const out = resolve(options.out);
    makeFolder(out, { otherwise: 'choose another folder' });
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', out];
    const { failed, stdout, stderr } = await execa('npm', args, { cwd: folder, reject: false });
    if (failed)
      throw diskFault(stderr, out) ?? new UserError(`${out}: npm pack failed: ${stderr.split('\n')[0]}`);
    const [{ filename, size }] = JSON.parse(stdout) as [{ filename: string; size: number }];
    print(`${join(options.out, filename)}: ${manifest.name}@${version}, ${(size / 1e6).toFixed(2)} MB`);
    return 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
