import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { check, checkAll } from './checked.ts';
import { cudaPackages, defaultVersion } from './pins.ts';
import { downloadWheels, unpackWheel } from './python.ts';

export type Device = 'cpu' | 'cuda';

/** The libraries, the headers that the package's sources include, and what the wheel says of itself. */
const wanted = new RegExp(
  [
    String.raw`^tensorflow/libtensorflow_(cc|framework)\.so\.2$`,
    String.raw`^tensorflow/include/(tensorflow/c/.*|.*\btsl/c/.*|.*/ctstring\w*)\.h$`,
    String.raw`^tensorflow[^/]*\.dist-info/METADATA$`,
  ].join('|'),
);

/**
 * TensorFlow from a wheel of the registry, and for a card NVIDIA's libraries: of the default version what is pinned, of others
 * what the wheel asks for. `sha256`: of TensorFlow's wheel.
 */
export async function fromRegistry(
  version: string,
  device: Device,
  folder: string,
  sha256: string | undefined,
  say: (line: string) => void,
): Promise<string> {
  const downloads = join(folder, 'downloads');
  try {
    // There is one package on arm64, for the CPU.
    const name = device === 'cuda' || process.arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu';
    const requirement = `${name}==${version}`;
    say(`fetching ${requirement} with pip`);
    await downloadWheels([requirement], downloads);
    const wheel = onlyWheel(downloads);
    await check(wheel, { sha256, strict: version === defaultVersion }, say);
    await unpack(wheel, folder);
    if (device === 'cuda') await addCuda(folder, downloads, say);
    return basename(wheel);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

/** TensorFlow from a wheel on the disk. With NVIDIA's libraries from the registry where it is for a card. */
export async function fromWheel(
  file: string,
  device: Device,
  folder: string,
  sha256: string | undefined,
  say: (line: string) => void,
): Promise<string> {
  const wheel = resolve(file);
  if (existsSync(wheel)) await check(wheel, { sha256 }, say);
  await unpack(wheel, folder);
  if (device === 'cuda') await addCuda(folder, join(folder, 'downloads'), say);
  return basename(wheel);
}

const unpack = (wheel: string, folder: string) => unpackWheel(wheel, wanted, folder);

async function addCuda(folder: string, downloads: string, say: (line: string) => void): Promise<void> {
  const metadata = readMetadata(folder);
  const isDefault = metadata.includes(`\nVersion: ${defaultVersion}\n`);
  const requirements = isDefault ? cudaPackages : cudaRequirements(metadata);
  say(`fetching ${requirements.join(', ')}`);
  rmSync(downloads, { recursive: true, force: true });
  await downloadWheels(requirements, downloads);
  await checkAll(downloads, { strict: isDefault }, say);
  for (const name of readdirSync(downloads))
    await unpackWheel(join(downloads, name), /^nvidia\/[^/]+\/lib\/.*\.so/, folder);
  rmSync(downloads, { recursive: true, force: true });
}

function readMetadata(folder: string): string {
  const info = readdirSync(folder).find((name) => name.endsWith('.dist-info'));
  return info === undefined ? '' : readFileSync(join(folder, info, 'METADATA'), 'utf8');
}

/** NVIDIA's packages that a wheel asks for under `[and-cuda]`, as pip takes them. */
export function cudaRequirements(metadata: string): string[] {
  return [...metadata.matchAll(/^Requires-Dist: *(nvidia-[^;]+?) *;.*extra *== *["']and-cuda["']/gm)].map(
    ([, requirement]) => requirement.replace(/[()\s]/g, ''),
  );
}

function onlyWheel(folder: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (name === undefined) throw new Error(`pip left no wheel in ${folder}`);
  return join(folder, name);
}
