import { createWriteStream, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { Fault } from '../../../harness/contract/fault.ts';
import type { Device } from './wheel.ts';

/** How long a server may take to begin to answer. */
const patience = 10_000;

/** Where TensorFlow's C library lies, as its page of downloads has it: in folders by version since 2.16. */
export function archiveUrl(version: string, device: Device): string {
  const kind = device === 'cuda' ? 'gpu' : 'cpu';
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const store = 'https://storage.googleapis.com/tensorflow';
  const [major, minor] = version.split('.').map(Number);
  return major > 2 || minor >= 16
    ? `${store}/versions/${version}/libtensorflow-${kind}-linux-${machine}.tar.gz`
    : `${store}/libtensorflow/libtensorflow-${kind}-linux-${machine}-${version}.tar.gz`;
}

/** Why an archive is not to be had; undefined where it is. */
export async function archiveProblem(url: string): Promise<string | undefined> {
  try {
    const { ok, status } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(patience) });
    return ok ? undefined : `the server says ${status}`;
  } catch (error) {
    return reason(error);
  }
}

/** Fetches and unpacks. Throws a Fault where the archive is not to be had, or is none. */
export async function fromArchive(url: string, folder: string, say: (line: string) => void): Promise<string> {
  const problem = await archiveProblem(url);
  if (problem !== undefined) throw new Fault(`${url} cannot be fetched: ${problem}`);
  say(`fetching ${url}`);
  const file = join(folder, 'download.tar.gz');
  try {
    const { body } = await fetch(url);
    await pipeline(Readable.fromWeb(body!), createWriteStream(file));
    const { failed, stderr } = await execa('tar', ['-xzf', file, '-C', folder], { reject: false });
    if (failed) throw new Fault(`${url} was not unpacked: ${stderr.trim().split('\n')[0]}`);
  } catch (error) {
    throw error instanceof TypeError ? new Fault(`${url} cannot be fetched: ${reason(error)}`) : error;
  } finally {
    rmSync(file, { force: true });
  }
  return basename(url);
}

/** What stands behind fetch's "fetch failed". */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || message : message;
}
