import { createWriteStream, rmSync } from 'node:fs';
import { posix } from 'node:path';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { UserError } from '../../../base/user-error.ts';
import { check, type Check } from './checked.ts';
import { fetchSecurely, withoutSecrets } from './secure-fetch.ts';
import type { Device } from './wheel.ts';

/** How long a server may take to begin to answer. */
const patience = 10_000;

/** The address of TensorFlow's C library, as its page of downloads has it: in folders by version since 2.16. */
export function archiveUrl(version: string, device: Device): string {
  const kind = device === 'cuda' ? 'gpu' : 'cpu';
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const store = 'https://storage.googleapis.com/tensorflow';
  const [major, minor] = version.split('.').map(Number);
  return major > 2 || minor >= 16
    ? `${store}/versions/${version}/libtensorflow-${kind}-linux-${machine}.tar.gz`
    : `${store}/libtensorflow/libtensorflow-${kind}-linux-${machine}-${version}.tar.gz`;
}

/** Why an archive is not to be had; undefined if it is. */
export async function archiveProblem(url: string): Promise<string | undefined> {
  try {
    const { ok, status } = await fetchSecurely(url, {
      method: 'HEAD',
      signal: AbortSignal.timeout(patience),
    });
    return ok ? undefined : `the server says ${status}`;
  } catch (error) {
    if (error instanceof UserError) throw error;
    return reason(error);
  }
}

/** Fetches, checks and unpacks. Throws a UserError if the archive is not to be had, is another one, or is none. */
export async function fromArchive(
  url: string,
  folder: string,
  one: Check,
  say: (line: string) => void,
): Promise<string> {
  const problem = await archiveProblem(url);
  const shown = withoutSecrets(url);
  if (problem !== undefined) throw new UserError(`${shown} cannot be fetched: ${problem}`);
  say(`fetching ${shown}`);
  const name = posix.basename(new URL(url).pathname) || 'archive';
  const file = join(folder, name);
  try {
    const { ok, status, body } = await fetchSecurely(url);
    if (!ok) throw new UserError(`${shown} cannot be fetched: the server says ${status}`);
    await pipeline(Readable.fromWeb(body!), createWriteStream(file));
    await check(file, one, say);
    const { failed, stderr } = await execa('tar', ['-xzf', file, '-C', folder], { reject: false });
    if (failed) throw new UserError(`${shown} was not unpacked: ${stderr.trim().split('\n')[0]}`);
  } catch (error) {
    throw error instanceof TypeError ? new UserError(`${shown} cannot be fetched: ${reason(error)}`) : error;
  } finally {
    rmSync(file, { force: true });
  }
  return name;
}

/** The cause behind fetch's "fetch failed". */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  const said =
    cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || message : message;
  return withoutSecrets(said);
}
