import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { diskFault } from '../../files/disk-fault.ts';
import { makeFolder } from '../../files/folders.ts';
import { removeLeftover } from '../../files/whole-file.ts';
import type { CheckpointPlace, Checkpoints } from '../../harness/contract/checkpoints.ts';
import { checkpointName } from './checkpoint-names.ts';
import { openCheckpoint, writeCheckpoint } from './checkpoint-file.ts';

export interface CheckpointSettings {
  readonly folder: string;
  /** Milliseconds of training from one to the next. */
  readonly everyMs: number;
  /** Those from before then, in milliseconds since 1970, are not used: `--force` trains anew. */
  readonly notBefore?: number;
}

/** The run that checkpoints are of. */
export interface CheckpointedRun {
  readonly id: string;
  /** All that decides the bits of its training: another text is another training. */
  readonly text: string;
  /** Tells the user a line. */
  readonly tell: (line: string) => void;
}

/** Free space of the disk that is never taken. */
const keptFree = 2 ** 30;

/** Signals by which systems ask a process to end. */
const requests = ['SIGINT', 'SIGTERM'] as const;

/** Checkpoints of one run as files beside its recording. */
export class DiskCheckpoints implements Checkpoints {
  /** The signal that asked the process to end. */
  endedBy: NodeJS.Signals | undefined;
  private readonly settings: CheckpointSettings;
  private readonly run: CheckpointedRun;
  private readonly told = new Set<string>();
  /** The time when training began, or the last one was written or refused, by performance.now(). */
  private last = performance.now();

  constructor(settings: CheckpointSettings, run: CheckpointedRun) {
    this.settings = settings;
    this.run = run;
  }

  take: Checkpoints['take'] = (stage, at) => {
    const path = this.pathOf(stage, at);
    const found = openCheckpoint(path);
    if (found === 'missing') return undefined;
    if (found === 'damaged') {
      this.tell(`${path}: the checkpoint is damaged and not used`);
      removeLeftover(path);
      return undefined;
    }
    const { head, read, close } = found;
    const isOurs = head.text === this.run.text;
    if (isOurs && head.at >= (this.settings.notBefore ?? 0)) return { facts: head.facts, read, close };
    close();
    if (!isOurs)
      this.tell(`${path}: the checkpoint is of other code or another kind of machine, and not used`);
    return undefined;
  };

  put: Checkpoints['put'] = async (stage, at, { facts, bytes, write }) => {
    const { folder } = this.settings;
    const path = this.pathOf(stage, at);
    try {
      makeFolder(folder);
      const { bavail, bsize } = fs.statfsSync(folder);
      if (bavail * bsize - bytes < keptFree) {
        this.tell(
          `${folder}: no room for a checkpoint of ${(bytes / 1e9).toFixed(1)} GB; training goes on without`,
        );
        return false;
      }
      await writeCheckpoint(path, { text: this.run.text, at: Date.now(), bytes, facts }, write);
      return true;
    } catch (error) {
      const fault = diskFault(error, path);
      if (fault === undefined && !(error instanceof UserError)) throw error;
      this.tell(`${(fault ?? (error as Error)).message}; training goes on without a checkpoint`);
      return false;
    } finally {
      this.last = performance.now();
    }
  };

  drop: Checkpoints['drop'] = (stage, at) => removeLeftover(this.pathOf(stage, at));

  isDue(share = 1): boolean {
    return performance.now() - this.last >= share * this.settings.everyMs;
  }

  listen(): void {
    for (const name of requests) process.on(name, this.end);
  }

  unlisten(): void {
    for (const name of requests) process.off(name, this.end);
  }

  tell(line: string): void {
    if (this.told.has(line)) return;
    this.told.add(line);
    this.run.tell(line);
  }

  private readonly end = (signal: NodeJS.Signals): void => {
    this.endedBy ??= signal;
  };

  private pathOf(stage: number, at: CheckpointPlace): string {
    return join(this.settings.folder, checkpointName(this.run.id, stage, at));
  }
}
