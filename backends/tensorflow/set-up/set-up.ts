import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { diskFault } from '../../../files/disk-fault.ts';
import { makeFolder } from '../../../files/folders.ts';
import { writeWhole } from '../../../files/whole-file.ts';
import { UserError } from '../../../base/user-error.ts';
import { findCompiler, noCompiler } from '../../compiler.ts';
import {
  bindingName,
  buildFolder,
  findInstallation,
  type Installed,
  packageFolder,
  packageMissing,
  packageVersion,
  platform,
  recordFile,
} from '../installation.ts';
import { archiveUrl, fromArchive } from './archive.ts';
import { buildBinding } from './binding.ts';
import { defaultVersion } from './pins.ts';
import { verify } from './verified.ts';
import { type Device, fromRegistry, fromWheel } from './wheel.ts';

export interface SetUpOptions {
  readonly version?: string;
  /** A card where nvidia-smi finds one, if not given. */
  readonly device?: Device;
  /** A wheel on the disk. */
  readonly wheel?: string;
  /** An archive of the C library: its address, or true for the official one. */
  readonly archive?: string | true;
  /** Digest of the wheel or archive, in hexadecimal. Without it pinned files are checked, and others are named in a warning. */
  readonly sha256?: string;
  /** Even if it is set up already. */
  readonly force?: boolean;
  readonly folder?: string;
}

/**
 * Puts TensorFlow's library into the build folder, builds the package's add-on against it, trains a little on it, and
 * only then makes it the one that the backend opens. Throws a UserError that says what is missing; what was set up before
 * stays.
 */
export async function setUp(options: SetUpOptions, say: (line: string) => void): Promise<Installed> {
  const { folder = buildFolder, version = defaultVersion, force = false } = options;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    throw new UserError(`the tensorflow backend is set up on Linux with x64 or arm64, not on ${platform}`);
  const sources = packageFolder();
  if (sources === undefined) throw new UserError(packageMissing);
  const compiler = await findCompiler();
  if (compiler === undefined) throw new UserError(noCompiler());
  const device = options.device ?? ((await hasCard()) ? 'cuda' : 'cpu');

  const { wheel, archive, sha256 } = options;
  const asked = wheel !== undefined || archive !== undefined || sha256 !== undefined || force;
  const before = findInstallation(folder);
  if (
    !asked &&
    before.type === 'ready' &&
    before.record.version === version &&
    before.record.device === device
  )
    return before.record;

  makeFolder(folder);
  const partial = join(folder, `partial-${process.pid}`);
  rmSync(partial, { recursive: true, force: true });
  makeFolder(partial);
  try {
    const source = await fetchLibrary(options, version, device, partial, say);
    say(`building the add-on with ${compiler.join(' ')}`);
    await buildBinding(compiler, sources, partial);
    say('training a little on it');
    const { library, gpu, losses } = await verify(join(partial, bindingName));
    say(`TensorFlow ${library} on the ${gpu ? 'card' : 'CPU'}: loss ${losses[0]} -> ${losses.at(-1)}`);
    if (device === 'cuda' && !gpu)
      say('TensorFlow sees no card here: is there a driver (nvidia-smi), and one new enough for its CUDA?');
    const place = `${library}-${device}-${Date.now()}`;
    const installed = {
      folder: place,
      version: library,
      device,
      gpu,
      source,
      platform,
      package: packageVersion(),
    };
    renameSync(partial, join(folder, place));
    writeWhole(recordFile(folder), JSON.stringify(installed, null, 2)); // from here on it is the one
    // Removes what was set up before, and what an interrupted set-up has left.
    for (const name of readdirSync(folder))
      if (/-(cpu|cuda)-\d+$|^partial-/.test(name) && name !== place)
        rmSync(join(folder, name), { recursive: true, force: true });
    return installed;
  } catch (error) {
    throw diskFault(error, folder) ?? error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Extracts into `folder`; returns the origin. */
async function fetchLibrary(
  { wheel, archive, sha256 }: SetUpOptions,
  version: string,
  device: Device,
  folder: string,
  say: (line: string) => void,
): Promise<string> {
  if (wheel !== undefined) return fromWheel(wheel, device, folder, sha256, say);
  if (archive !== undefined)
    return fromArchive(archive === true ? archiveUrl(version, device) : archive, folder, { sha256 }, say);
  return fromRegistry(version, device, folder, sha256, say);
}

async function hasCard(): Promise<boolean> {
  const { failed, stdout } = await execa('nvidia-smi', ['--list-gpus'], { reject: false });
  return !failed && stdout.includes('GPU');
}
