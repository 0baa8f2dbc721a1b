import type { DatasetRequest } from '../datasets/index.ts';
import type { Progress } from '../harness/training/train.ts';
import type { Outcome } from '../harness/run.ts';
import type { Job } from './job.ts';

/** What a run's process is sent, once. Functions cannot be sent, so the request has none. */
export interface Assignment {
  readonly job: Job;
  readonly dataset: string;
  readonly request: Omit<DatasetRequest, 'onProgress' | 'onMessage'>;
  /** The data must still be what the job's id stands for. */
  readonly fingerprint: string;
  /** Folder of the recording, where the scores of the test rows are to be kept. */
  readonly scoresIn?: string;
}

/** What it sends back: progress, then one ending. A process that ends without one has crashed. */
export type Message =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'completed'; readonly outcome: Outcome; readonly choices: Record<string, unknown> }
  | { readonly type: 'infeasible'; readonly reason: string; readonly smallestBytes: number }
  | { readonly type: 'failed'; readonly error: string; readonly diverged?: true };
