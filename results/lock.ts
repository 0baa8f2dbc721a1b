import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writing } from '../files/disk-fault.ts';
import { removeLeftover } from '../files/whole-file.ts';
import { isAlive, type Owner, thisProcess } from '../files/process-owner.ts';
import { UserError } from '../base/user-error.ts';

/**
 * A lock is a file that names its owner. It appears whole: it is written aside and linked to its name, and a link fails
 * where the name is taken.
 *
 * The lock of a process that is gone is replaced by a rename, which would replace the lock of a process that is faster as
 * well. So the right to replace a lock is itself a lock, named after the content of the one to be replaced, and whoever has
 * it looks again before it renames: contents never repeat, so a lock that is still the same was replaced by nobody, and
 * nobody else may replace it now. Where the holder of such a right is gone too, the right to succeed it is a lock in the
 * same way. Rights go once the lock is replaced, the oldest first.
 */

export interface LockOptions {
  /** Hosts that no longer run: their locks are free. */
  readonly goneHosts?: readonly string[];
}

/** Another process holds the lock. */
export class LockHeld extends UserError {}

/** The content of a lock file, which no other has. */
interface Held {
  readonly key: string;
  /** Undefined if the content is no lock: written by a system without links, or lost with the power. */
  readonly owner: Owner | undefined;
  readonly modifiedMs: number;
}

/** Attempts while other processes take or release the lock, with a pause of some milliseconds between them. */
const attempts = 200;
const advice = { otherwise: 'choose another --out' };
/** A file without an owner may be about to get one where there are no links; after this it will not. */
const unwrittenMs = 2000;

/**
 * Takes the lock file so that two processes do not write one recording; returns the function that releases it. A lock left
 * behind by a process that is gone is taken over. Throws a UserError while another process holds it.
 */
export function takeLock(file: string, { goneHosts = [] }: LockOptions = {}): () => void {
  const aside = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const content = JSON.stringify({ ...thisProcess(), token: randomBytes(16).toString('hex') });
  try {
    writing(file, () => fs.writeFileSync(aside, content, { flag: 'wx' }), advice);
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) pause(1 + Math.random() * 5);
      const taken = () => linked(aside, file, content) || tookOver(file, aside, content, goneHosts);
      if (writing(file, taken, advice)) {
        clearRemains(file, goneHosts);
        return () => release(file, content);
      }
    }
  } finally {
    removeLeftover(aside);
  }
  throw new UserError(`${file}: other processes took this recording at the same moment; try again`);
}

/** True if `file` is now the lock. A system without hard links creates and writes it in two steps. */
function linked(aside: string, file: string, content: string): boolean {
  try {
    fs.linkSync(aside, file);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // A network file system may say so of a link that it has made, when its answer was lost and the request repeated.
    if (code === 'EEXIST') return sameFile(aside, file);
    if (!withoutLinks.has(code)) throw error;
  }
  try {
    fs.writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function sameFile(aside: string, file: string): boolean {
  try {
    const [one, other] = [fs.statSync(aside), fs.statSync(file)];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false; // released meanwhile
  }
}

const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** Replaces the lock of a process that is gone. False if another process is faster; throws a UserError where one holds it. */
function tookOver(file: string, aside: string, content: string, goneHosts: readonly string[]): boolean {
  const chain: { readonly path: string; readonly key: string }[] = [];
  let path = file;
  for (;;) {
    const held = read(path);
    if (held === undefined) {
      if (path === file) return false; // released meanwhile: to be linked again
      if (!linked(aside, path, content)) continue;
      break;
    }
    if (
      held.owner === undefined ? Date.now() - held.modifiedMs < unwrittenMs : isAlive(held.owner, goneHosts)
    ) {
      if (path !== file || held.owner === undefined) return false; // somebody is at it
      throw inUse(file, held.owner);
    }
    chain.push({ path, key: held.key });
    path = join(dirname(file), `${basename(file)}.after-${held.key}`);
  }
  const rights = [...chain.slice(1).map((one) => one.path), path];
  if (chain.some((one) => read(one.path)?.key !== one.key)) {
    fs.rmSync(path, { force: true });
    return false;
  }
  // A copy, since `aside` and the right may be links to one file, and renaming one link onto another does nothing.
  const next = `${aside}.next`;
  try {
    fs.writeFileSync(next, content, { flag: 'wx' });
    fs.renameSync(next, file);
  } finally {
    for (const leftover of [next, ...rights]) removeLeftover(leftover);
  }
  return true;
}

/** Undefined if there is none. */
function read(path: string): Held | undefined {
  let text: string;
  let stat: fs.Stats;
  try {
    text = fs.readFileSync(path, 'utf8');
    stat = fs.statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const owner = ownerIn(text);
  // Contents without a token may repeat.
  const identity = text.includes('"token"') ? text : `${text}\0${stat.ino} ${stat.mtimeMs}`;
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  return { key, owner, modifiedMs: stat.mtimeMs };
}

function ownerIn(text: string): Owner | undefined {
  try {
    const { pid, host, started = null } = JSON.parse(text) as Partial<Owner>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, started } : undefined;
  } catch {
    return undefined;
  }
}

/** Removes this process's own lock alone: another process may have taken it over, told that this host is gone. */
function release(file: string, content: string): void {
  try {
    if (fs.readFileSync(file, 'utf8') === content) fs.rmSync(file, { force: true });
  } catch {
    // There is none any more, or its folder is gone.
  }
}

/**
 * Removes what processes left beside the lock that ended while they took it. The caller holds the lock, and would hold it
 * for good if this threw: what can be neither read nor removed stays.
 */
function clearRemains(file: string, goneHosts: readonly string[]): void {
  const folder = dirname(file);
  const remains = new RegExp(`^${basename(file)}\\.(after-[0-9a-f]{32}|\\d+-[0-9a-f]{12}(\\.next)?)$`);
  try {
    for (const name of fs.readdirSync(folder).filter((one) => remains.test(one)))
      removeIfLeft(join(folder, name), goneHosts);
  } catch {
    // a folder that takes files need not tell which it has
  }
}

function removeIfLeft(path: string, goneHosts: readonly string[]): void {
  try {
    const owner = read(path)?.owner;
    if (owner !== undefined && !isAlive(owner, goneHosts)) fs.rmSync(path, { force: true });
  } catch {
    // it stays
  }
}

function inUse(file: string, { pid, host }: Owner): LockHeld {
  return new LockHeld(
    `${file}: process ${pid} on ${host} is writing this recording; wait for it, choose another --out, ` +
      (host === thisProcess().host
        ? `or delete the file if that process is gone`
        : `or add --gone-host ${host} if that machine no longer runs`),
  );
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
