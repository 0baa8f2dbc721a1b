import type { DatasetRequest } from '../../datasets/index.ts';
import type { Outcome } from '../../harness/run.ts';
import type { Job } from '../job.ts';
import type { CheckpointSettings } from '../checkpoints/disk-checkpoints.ts';
import type { ShelfSettings } from '../stages/disk-shelf.ts';
import type { Progress } from '../../harness/training/train.ts';

/** The one message to the process of a run. It holds no functions, which cannot be sent. */
export interface Assignment {
  readonly job: Job;
  readonly dataset: string;
  readonly request: Omit<DatasetRequest, 'onProgress' | 'onMessage'>;
  /** The fingerprint of the data that the job's id stands for. */
  readonly fingerprint: string;
  /** Bytes of memory that the run's process may take; no limit if absent. */
  readonly memoryBytes?: number;
  /** The place of trained stages, if this run may share its first one with others. */
  readonly stages?: ShelfSettings;
  /** The place of the checkpoints of its training, if it is to have any. */
  readonly checkpoints?: CheckpointSettings;
  /** The folder of the recording, if scores of the test rows are stored. */
  readonly scoresIn?: string;
  /** The folder for trained models, if they are kept: each in a folder of its run's id. */
  readonly modelsIn?: string;
}

/** A message from the process of a run: progress and notes, then one ending. A process that exits without an ending has crashed. */
export type Message =
  | { readonly type: 'progress'; readonly progress: Progress }
  /** A line for the user about the run's checkpoints. */
  | { readonly type: 'note'; readonly line: string }
  | {
      readonly type: 'completed';
      readonly outcome: Outcome;
      readonly choices: Record<string, unknown>;
      /** Those lines. */
      readonly checkpointNotes?: readonly string[];
    }
  | { readonly type: 'infeasible'; readonly reason: string; readonly smallestBytes: number }
  | {
      readonly type: 'too large';
      readonly reason: string;
      readonly neededBytes: number;
      readonly limitBytes: number;
    }
  | { readonly type: 'failed'; readonly error: string; readonly diverged?: true };
