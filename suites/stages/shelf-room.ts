import fs from 'node:fs';
import { join } from 'node:path';
import { removeLeftover } from '../../files/whole-file.ts';
import { takeLock } from '../../results/lock.ts';
import { removeStaleWork } from '../../datasets/prepared/work-directory.ts';

/** Free space of the disk that is never taken. */
const keptFree = 2 ** 30;

interface Kept {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** True for the name of a stage's folder. */
const isStage = (name: string) => /^[0-9a-f]{32}$/.test(name);

/**
 * Makes room for so many bytes: removes the stages that were used the longest ago until all together take no more than `limit`.
 * False, without removing any, if they cannot: the stage is larger than that, or the disk is nearly full.
 */
export function makeRoom(folder: string, bytes: number, limit: number): boolean {
  if (bytes > limit) return false;
  const stages = stagesIn(folder).sort((a, b) => a.usedMs - b.usedMs);
  let total = stages.reduce((sum, stage) => sum + stage.bytes, 0) + unfinishedBytes(folder);
  const { bavail, bsize } = fs.statfsSync(folder);
  let free = bavail * bsize;
  const fits = () => total + bytes <= limit && free - bytes >= keptFree;
  const going: Kept[] = [];
  for (const stage of stages) {
    if (fits()) break;
    going.push(stage);
    total -= stage.bytes;
    free += stage.bytes;
  }
  if (!fits()) return false;
  for (const { path } of going) removeLeftover(path);
  return true;
}

function stagesIn(folder: string): Kept[] {
  return fs.readdirSync(folder).flatMap((name) => {
    if (!isStage(name)) return [];
    const path = join(folder, name);
    try {
      return [{ path, bytes: bytesIn(path), usedMs: fs.statSync(path).mtimeMs }];
    } catch {
      return []; // another process has removed it
    }
  });
}

/** Bytes that other processes are writing. */
function unfinishedBytes(folder: string): number {
  const unfinished = fs.readdirSync(folder).filter((name) => /^[0-9a-f]{32}\.preparing-/.test(name));
  return unfinished.reduce((sum, name) => sum + bytesIn(join(folder, name)), 0);
}

function bytesIn(path: string): number {
  try {
    return fs.readdirSync(path).reduce((sum, file) => sum + fs.statSync(join(path, file)).size, 0);
  } catch {
    return 0;
  }
}

/** Removes what processes left that ended while they trained or wrote a stage. The folder need not be there. */
export function clearShelf(folder: string): void {
  if (!fs.existsSync(folder)) return;
  try {
    removeStaleWork(folder);
    for (const name of fs.readdirSync(folder).filter((one) => one.endsWith('.claim')))
      release(join(folder, name));
  } catch {
    // it stays, and stands in nobody's way
  }
}

/** Gives a claim back whose process is gone. */
function release(file: string): void {
  try {
    takeLock(file)();
  } catch {
    // somebody has it
  }
}
