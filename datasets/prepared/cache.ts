import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { diskFault } from '../../files/disk-fault.ts';
import { makeFolder } from '../../files/folders.ts';
import { UserError } from '../../base/user-error.ts';
import type { RawSource } from '../raw-rows.ts';
import { again, formatVersion, readManifest } from './manifest.ts';
import { prepare, type PrepareProgress } from './prepare.ts';
import { openPrepared, type PreparedData } from './read.ts';
import type { PrepareSettings } from './settings.ts';
import { trust, verify } from './verify.ts';
import { createWorkDirectory, publish, removeStaleWork, type Write } from './work-directory.ts';

export interface PrepareRequest {
  /** Directory of all prepared data; created when missing. */
  readonly cache: string;
  readonly dataset: string;
  /** Identifies the raw rows without reading them: path, size and time of a file, the settings of a generator. */
  readonly key: Readonly<Record<string, string | number>>;
  readonly settings: PrepareSettings;
  /** A cached result with more malformed lines left out than this is not used. */
  readonly maxBadLines: number;
  source(): RawSource;
  readonly progress?: PrepareProgress;
  /** Says in one line what happens with the cache. */
  readonly onMessage?: (message: string) => void;
  /** The seal that a process gave which has verified the files: see verify.ts. */
  readonly verifiedSeal?: string;
  /** Hosts that no longer run: their unfinished work is removed. */
  readonly goneHosts?: readonly string[];
  /** Stands in for fs.writeSync in tests. */
  readonly write?: Write;
  /** Stands in for the longest column that is read whole in tests, in bytes. */
  readonly resident?: number;
}

/** `<cache>/<dataset>-<key>`: raw rows, settings and format decide the key. */
export function preparedDirectory({ cache, dataset, key, settings }: PrepareRequest): string {
  const { protocol, shares, rolling, minCount, order, idsPerToken, dense, splitSeed } = settings;
  const identity = [
    formatVersion,
    Object.entries(key).sort(),
    protocol,
    minCount,
    order,
    dense,
    splitSeed,
    shares ?? null,
    rolling ?? null,
    ...(idsPerToken === undefined ? [] : [idsPerToken]),
  ];
  return join(
    cache,
    `${dataset}-${createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16)}`,
  );
}

/**
 * Prepared data from the cache, prepared first when it is not there or damaged. The directory appears whole or not at
 * all, whatever fails; of several processes preparing the same, one result stays. Throws a UserError for what is wrong
 * with the rows, and for a full or unwritable disk.
 */
export async function openCached(request: PrepareRequest): Promise<PreparedData> {
  const directory = preparedDirectory(request);
  const say = request.onMessage ?? (() => {});
  try {
    makeFolder(request.cache, advice);
    removeStaleWork(request.cache, request.goneHosts);
  } catch (error) {
    throw diskFault(error, request.cache, advice) ?? error;
  }
  if (fs.existsSync(directory)) {
    const problem = problemWith(directory, request);
    if (problem === undefined) return openPrepared(directory, request.verifiedSeal);
    say(`preparing again: ${problem}`);
  }
  await prepareInto(directory, request);
  return openPrepared(directory);
}

async function prepareInto(directory: string, request: PrepareRequest): Promise<void> {
  let work;
  try {
    work = createWorkDirectory(directory, request.write);
    const manifest = await prepare(
      request.dataset,
      request.source(),
      request.settings,
      work,
      request.progress,
      request.resident,
    );
    const ours = await publish(work, directory, (other) => problemWith(other, request) === undefined);
    if (ours) trust(directory, manifest);
  } catch (error) {
    work?.discard();
    throw diskFault(error, dirname(directory), advice) ?? error;
  }
}

function problemWith(directory: string, { maxBadLines, verifiedSeal }: PrepareRequest): string | undefined {
  try {
    const manifest = readManifest(directory);
    const { badLines } = manifest.origin;
    if (badLines > maxBadLines)
      return `${badLines} malformed lines were left out, ${maxBadLines} are allowed`;
    verify(directory, manifest, verifiedSeal);
    return undefined;
  } catch (error) {
    // The advice of a reader is what happens next.
    if (error instanceof UserError) return error.message.replace(`; ${again}`, '');
    throw error;
  }
}

const advice = {
  whenFull:
    'preparing takes about as many bytes as the raw text, and several times as many with text columns, lists or side tables: free some',
  otherwise: 'choose another --cache',
};
