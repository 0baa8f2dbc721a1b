import type { RunRecord } from '../../results/record.ts';

/** A sweep at a moment, as its page shows it. */
export interface LiveState {
  readonly dataset: RunRecord['dataset'];
  /** The folder of the recording. */
  readonly directory: string;
  readonly seconds: number;
  /** At the pace so far; undefined before anything was carried out. */
  readonly secondsLeft: number | undefined;
  /** Of all runs that are known of, 0 to 1. */
  readonly fraction: number;
  /** Runs as far as is known: of several learning rates, later rounds depend on earlier ones. */
  readonly total: number;
  /** Of the finished ones, those that a command before this one recorded. */
  readonly earlier: number;
  readonly running: readonly LiveRun[];
  /** The latest first. */
  readonly finished: readonly FinishedRun[];
  /** `over`: all runs; `stopped`: by a signal or a defect. */
  readonly ending?: 'over' | 'stopped';
}

export interface LiveRun {
  readonly title: string;
  readonly method: string;
  /** The lowest number that no other running one has. */
  readonly slot: number;
  /** Of its training, 0 to 1. */
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
