import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { packageOf, prebuiltTargets } from '../backends/native/target.ts';
import { projectRoot } from '../base/project-root.ts';
import { UserError } from '../base/user-error.ts';
import { diskFault, writing } from '../files/disk-fault.ts';
import { makeFolder } from '../files/folders.ts';
import { describeCommit } from '../suites/running/environment.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('pack:npm', '[--out dist]')
  .description(
    'Packs the project as the npm package embed-bench: compiled JavaScript without dependencies, which needs Node alone (docs/package.md).',
  )
  .option('--out <folder>', 'folder of the package, a .tgz', 'dist')
  .option(
    '--native',
    'the packages of prebuilt native backends as optional dependencies, for a release: they are published first',
  );

export const ended = main(async () => {
  const options = command.parse().opts<{ out: string; native?: true }>();
  const advice = { otherwise: 'name another folder in TMPDIR' };
  const scratch = writing(tmpdir(), () => mkdtempSync(join(tmpdir(), 'embed-bench-npm-')), advice);
  try {
    await filled(scratch, options.native === true);
    const out = resolve(options.out);
    makeFolder(out, { otherwise: 'choose another folder' });
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', out];
    const { failed, stdout, stderr } = await execa('npm', args, { cwd: scratch, reject: false });
    if (failed)
      throw diskFault(stderr, out) ?? new UserError(`${out}: npm pack failed: ${stderr.split('\n')[0]}`);
    const [{ filename, name, version }] = JSON.parse(stdout) as [
      { filename: string; name: string; version: string },
    ];
    const megabytes = statSync(join(out, filename)).size / 1e6;
    print(`${join(options.out, filename)}: ${name}@${version}, ${megabytes.toFixed(1)} MB`);
    return 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

/** Writes the package's files. Throws a UserError with the first line of what the compiler says. */
async function filled(folder: string, native: boolean): Promise<void> {
  const build = join(projectRoot, 'start/build-package.js');
  const { failed, stdout, stderr } = await execa(process.execPath, [build, folder], { reject: false });
  if (failed) {
    const said = `${stderr}\n${stdout}`;
    const line = said.split('\n').find((text) => /error/i.test(text)) ?? said.trim().split('\n')[0];
    throw diskFault(stderr, folder) ?? new UserError(`the package cannot be built: ${line}`);
  }
  // A package has no git: records have the commit that it was packed from.
  writeFileSync(join(folder, 'packed.json'), `${JSON.stringify(await describeCommit())}\n`);
  if (!native) return;
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  const optionalDependencies = Object.fromEntries(
    prebuiltTargets.map((target) => [packageOf(target), manifest.version]),
  );
  writeFileSync(file, `${JSON.stringify({ ...manifest, optionalDependencies }, null, 2)}\n`);
}
