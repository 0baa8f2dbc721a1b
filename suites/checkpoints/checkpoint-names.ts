import fs from 'node:fs';
import { join } from 'node:path';
import { removeLeftover } from '../../files/whole-file.ts';
import type { CheckpointPlace } from '../../harness/contract/checkpoints.ts';

/** The file of a run's checkpoint: its id, the number of the stage from 0, and whether it is of the stage's end. */
export const checkpointName = (run: string, stage: number, at: CheckpointPlace) => `${run}.${stage}.${at}`;

const name = /^([0-9a-f]{16})\.\d+\.(?:step|end)(\.[0-9a-f]+\.tmp)?$/;

/**
 * Removes the checkpoints of runs that need none any more, what killed processes have left half written, and the folder if nothing else is
 * in it. Called while no run is going on.
 */
export function clearCheckpoints(folder: string, isDone: (run: string) => boolean): void {
  try {
    for (const file of fs.readdirSync(folder)) {
      const match = name.exec(file);
      if (match !== null && (match[2] !== undefined || isDone(match[1]))) removeLeftover(join(folder, file));
    }
    fs.rmdirSync(folder);
  } catch {
    // there is none, or other runs need theirs
  }
}

/** Removes those of one run, and what killed processes have left half written of it. */
export function removeCheckpoints(folder: string, run: string): void {
  try {
    for (const file of fs.readdirSync(folder))
      if (name.exec(file)?.[1] === run) removeLeftover(join(folder, file));
  } catch {
    // there are none
  }
}

/** True if one of these runs has a checkpoint that was written since then, in milliseconds since 1970. */
export function hasCheckpointSince(folder: string, runs: readonly string[], since: number): boolean {
  try {
    return fs.readdirSync(folder).some((file) => {
      const match = name.exec(file);
      if (match === null || match[2] !== undefined || !runs.includes(match[1])) return false;
      return fs.statSync(join(folder, file)).mtimeMs >= since;
    });
  } catch {
    return false;
  }
}
