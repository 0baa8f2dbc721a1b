import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { UserError } from '../../base/user-error.ts';
import { diskFault } from '../../files/disk-fault.ts';
import { makeFolder } from '../../files/folders.ts';
import type { ShelvedStage, StageOrder, StageShelf } from '../../harness/contract/stage-shelf.ts';
import { takeLock } from '../../results/lock.ts';
import { codeIdentity } from './code-identity.ts';
import { makeRoom } from './shelf-room.ts';
import { openStage, writeStage } from './stage-files.ts';

export interface ShelfSettings {
  readonly folder: string;
  /** Bytes that all stages together may take. */
  readonly limit: number;
  /** Stages from before then, in milliseconds since 1970, are not used: `--force` trains anew. */
  readonly notBefore?: number;
}

/** A training that has not said anything for so long is not waited for. It says something after every step. */
const silentMs = 60_000;
/** Attempts at a claim that nobody has, before this run does without. */
const mostUnclaimed = 20;
/** Least time between two touches of a claim. */
const touchMs = 2000;
const pauseMs = 50;

/**
 * Stages on the disk, for all processes of this machine. Whoever trains a stage has a claim on it, which others wait for: it is a lock
 * file (results/lock.ts), free as soon as its process is gone. A run has at most one claim and waits only before it has it,
 * so that none waits for another one in a circle.
 */
export class DiskShelf implements StageShelf {
  private readonly settings: ShelfSettings;
  private readonly run: string;

  /** `run`: the id of the run that asks. */
  constructor(settings: ShelfSettings, run: string) {
    this.settings = settings;
    this.run = run;
  }

  async take(name: string): Promise<ShelvedStage | StageOrder> {
    let text: string;
    try {
      text = `${name}\n${codeIdentity()}`;
      makeFolder(this.settings.folder);
    } catch {
      return alone; // no place for it; or nobody can tell the code: its bundle was removed, modules were loaded before it
    }
    const place = join(this.settings.folder, createHash('sha256').update(text).digest('hex').slice(0, 32));
    for (let unclaimed = 0; unclaimed < mostUnclaimed;) {
      const found = this.open(place, text);
      if (found) return found;
      const release = claim(`${place}.claim`);
      if (release === 'silent') break;
      if (typeof release === 'function') {
        const late = this.open(place, text); // it came between the two looks
        if (!late) return this.order(place, text, release);
        release();
        return late;
      }
      unclaimed = release === 'absent' ? unclaimed + 1 : 0;
      await setTimeout(pauseMs);
    }
    return alone;
  }

  private open(place: string, text: string): ShelvedStage | undefined {
    const stage = openStage(place, text);
    if (stage === undefined) return undefined;
    const { run, at, facts } = stage.content;
    if (at < (this.settings.notBefore ?? 0)) {
      stage.close();
      return undefined;
    }
    touch(place); // used last
    return { type: 'shelved', run, facts, read: (into) => stage.read(into), close: () => stage.close() };
  }

  private order(place: string, text: string, release: () => void): StageOrder {
    const { folder, limit } = this.settings;
    let touched = performance.now();
    const goesOn = () => {
      if (performance.now() - touched < touchMs) return;
      touched = performance.now();
      touch(`${place}.claim`);
    };
    const put: StageOrder['put'] = async (facts, floats, write) => {
      try {
        if (!makeRoom(folder, 4 * floats, limit)) return;
        const content = { text, run: this.run, at: Date.now(), facts };
        await writeStage(place, content, (sink) =>
          write({
            write(piece) {
              sink.write(piece);
              goesOn();
            },
          }),
        );
      } catch (error) {
        if (diskFault(error, place) === undefined) throw error; // a run needs no shelf
      } finally {
        release();
      }
    };
    return { type: 'missing', goesOn, put, giveUp: release };
  }
}

/** The order of a run that shares with nobody. */
const alone: StageOrder = {
  type: 'missing',
  goesOn() {},
  put: () => Promise.resolve(),
  giveUp() {},
};

/**
 * The function that gives the claim back; or why there is none: a process has it that goes on, or has been silent for long, or the
 * disk refuses it, if it was not given back just now.
 */
function claim(file: string): (() => void) | 'taken' | 'silent' | 'absent' {
  try {
    return takeLock(file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  try {
    return Date.now() - fs.statSync(file).mtimeMs < silentMs ? 'taken' : 'silent';
  } catch {
    return 'absent';
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    fs.utimesSync(path, now, now);
  } catch {
    // it is not there any more
  }
}
