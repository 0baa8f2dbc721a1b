import type { RunRecord } from '../../results/record.ts';
import { baseline } from '../comparisons/comparable.ts';

/** A sweep at a moment. The watch page and the progress bar read it. */
export interface SweepState {
  readonly dataset: RunRecord['dataset'];
  /** Folder of the recording. */
  readonly directory: string;
  readonly seconds: number;
  /** An estimate at the pace so far; undefined before any run made progress. */
  readonly secondsLeft: number | undefined;
  /** The finished share of all known runs, 0 to 1. */
  readonly fraction: number;
  /** The number of known runs: with several learning rates, later rounds depend on earlier ones. */
  readonly total: number;
  /** The number of finished runs that an earlier command recorded. */
  readonly earlier: number;
  readonly running: readonly RunningRun[];
  /** The latest first. */
  readonly finished: readonly FinishedRun[];
  /** `over`: all runs are finished; `stopped`: a signal or a defect ended the sweep. */
  readonly ending?: 'over' | 'stopped';
}

export interface RunningRun {
  readonly title: string;
  readonly method: string;
  /** The lowest number that no other running run has. */
  readonly slot: number;
  /** The finished share of its training, 0 to 1. */
  readonly fraction: number;
  /** 0 while its process starts and loads code. */
  readonly samplesPerSecond: number;
  readonly seconds: number;
  readonly curve: Curve;
}

export interface FinishedRun {
  readonly title: string;
  readonly record: RunRecord;
}

/** Mean training loss of the samples since the point before. */
export type Curve = readonly { readonly samples: number; readonly loss: number }[];

/** The number of runs of each kind. */
export interface RunCounts {
  readonly completed: number;
  readonly failed: number;
  readonly infeasible: number;
  readonly tooLarge: number;
  readonly running: number;
  readonly left: number;
}

export function runCounts({
  finished,
  running,
  total,
}: Pick<SweepState, 'finished' | 'running' | 'total'>): RunCounts {
  const count = (status: RunRecord['status']) =>
    finished.filter(({ record }) => record.status === status).length;
  return {
    completed: count('completed'),
    failed: count('failed'),
    infeasible: count('infeasible'),
    tooLarge: count('too large'),
    running: running.length,
    left: Math.max(0, total - finished.length - running.length),
  };
}

/** The method of a run, or the reference that it is of: a line of the live chart has its colour. */
export const lineOf = ({ reference, method }: RunRecord): string => reference ?? method;

/** The methods of a sweep without the baseline: finished ones first, in the order they finished, then running ones. */
export function methodsOfSweep({ finished, running }: Pick<SweepState, 'finished' | 'running'>): string[] {
  const seen = [
    ...finished.map(({ record }) => lineOf(record)).reverse(),
    ...running.map(({ method }) => method),
  ];
  return [...new Set(seen)].filter((method) => method !== baseline);
}
