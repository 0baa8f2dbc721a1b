import type { MeasuredMemory } from '../../measuring/training-memory.ts';
import type { TrainResult } from '../training-course.ts';

/** The training of a stage, by this run or another one. */
export interface StageTrained {
  readonly result: TrainResult;
  readonly memory: MeasuredMemory;
  /** Seconds from the making of its tables to its end, in the run that trained it: in all of its processes. */
  readonly seconds: number;
  /** The most memory that the process had held by then. */
  readonly peakRssBytes: number;
  /** The run that trained it, if it was another one. */
  readonly by?: string;
}
