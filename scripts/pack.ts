import { projectRoot } from '../base/project-root.ts';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { diskFault, writing } from '../files/disk-fault.ts';
import { makeFolder } from '../files/folders.ts';
import { UserError } from '../base/user-error.ts';
import { describeCommit } from '../suites/running/environment.ts';
import { main } from './terminal/main.ts';
import { packingList, requireLinuxX64, vulkanLoader } from './pack/packing-list.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('pack', '--out embed-bench.tar.xz')
  .description(
    'Writes one archive with Node.js, this project and all that it needs on a Linux x64 machine without network, ' +
      'npm and Node.js. Unpack it there, then call ./run doctor, ./run bench --suite throughput, ...',
  )
  .requiredOption('--out <file>', 'archive: a .tar.xz, .tar.zst or .tar.gz');

const root = projectRoot;
const name = 'embed-bench';
const advice = { otherwise: 'name another folder in TMPDIR' };

export const ended = main(async () => {
  const { out } = command.parse().opts<{ out: string }>();
  if (!/\.tar\.(xz|zst|gz)$/.test(out))
    throw new UserError(`--out ${out}: an archive ends in .tar.xz, .tar.zst or .tar.gz`);
  requireLinuxX64();
  const scratch = writing(tmpdir(), () => mkdtempSync(join(tmpdir(), 'embed-bench-pack-')), advice);
  try {
    const folder = join(scratch, name);
    await fill(folder).catch((error: unknown) => {
      throw diskFault(error, folder, advice) ?? error;
    });
    const { failed, stderr } = await execa('tar', ['-C', scratch, '-caf', resolve(out), name], {
      reject: false,
    });
    if (failed) throw new UserError(`${out}: tar cannot write it: ${stderr.split('\n')[0]}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  print(`${out}: ${(statSync(out).size / 1e6).toFixed(1)} MB; unpack it and call ./${name}/run doctor there`);
  return 0;
});

async function fill(folder: string): Promise<void> {
  for (const path of await packingList(root)) {
    makeFolder(dirname(join(folder, path)), advice);
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  // The packed copy has no git, or lies inside the git folder of another project.
  writeFileSync(join(folder, 'packed.json'), `${JSON.stringify(await describeCommit())}\n`);
  mkdirSync(join(folder, 'bin'));
  copyFileSync(process.execPath, join(folder, 'bin/node'));
  const loader = vulkanLoader();
  if (loader !== undefined) {
    mkdirSync(join(folder, 'lib'));
    copyFileSync(realpathSync(loader), join(folder, 'lib/libvulkan.so.1'));
  }
  copyFileSync(join(root, 'scripts/pack/packed-run.sh'), join(folder, 'run'));
  chmodSync(join(folder, 'run'), 0o755);
}
