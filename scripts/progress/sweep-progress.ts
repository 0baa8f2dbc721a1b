import { choosingSeed } from '../../analysis/comparisons/chosen-rate.ts';
import type { FinishedRun, RunningRun, SweepState } from '../../analysis/progress/sweep.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Job } from '../../suites/job.ts';
import type { Watch } from '../../suites/running/run-all.ts';

type Progress = Parameters<Watch['progress']>[1];

interface Running extends Pick<RunningRun, 'title' | 'method' | 'slot'> {
  /** The fraction of its training. */
  fraction: number;
  /** The fraction of its current stage. */
  samples: number;
  /** Samples per second since the first report; before it, the process starts and loads code. */
  rate: number;
  since?: { readonly samples: number; readonly time: number };
  readonly startedAt: number;
  curve: RunningRun['curve'];
}

/** The state of a running sweep, for the terminal and the live page. */
export class SweepProgress implements Watch {
  total = 0;
  /** Runs that a command before this one recorded. */
  skippedRuns = 0;
  readonly finishedRuns: FinishedRun[] = [];
  private readonly runs = new Map<string, Running>();
  private readonly rates: boolean;
  private readonly now: () => number;
  private readonly start: number;

  /** `rates`: whether runs differ in their learning rate. `now`: seconds. */
  constructor(rates: boolean, now = () => performance.now() / 1000) {
    this.rates = rates;
    this.now = now;
    this.start = now();
  }

  titleOf({
    method,
    reference = method,
    compression,
    seed,
    learningRate,
    activations,
    gradients,
  }: Job): string {
    const rate = this.rates || seed === choosingSeed ? ` rate ${learningRate}` : '';
    const kept = activations ? `, activations of ${activations} bits` : '';
    const of = reference === method ? '' : `${reference}: `;
    return `${of}${method} ${compression}x seed ${seed}${rate}${gradients ? `, ${gradients} gradients` : ''}${kept}`;
  }

  expect(runs: number): void {
    this.total = runs;
  }

  skipped(job: Job, record: RunRecord): void {
    this.skippedRuns++;
    this.finishedRuns.push({ title: this.titleOf(job), record });
  }

  started(job: Job): void {
    const taken = new Set([...this.runs.values()].map(({ slot }) => slot));
    let slot = 0;
    while (taken.has(slot)) slot++;
    // A reference with the uncompressed table of another model is not the baseline.
    const method = job.reference ?? job.method;
    const asked = { title: this.titleOf(job), method, slot, startedAt: this.now() };
    this.runs.set(job.id, { ...asked, fraction: 0, samples: 0, rate: 0, curve: [] });
  }

  progress(job: Job, { samples, total, points }: Progress): void {
    const run = this.runs.get(job.id)!;
    const time = this.now();
    // Samples count from 0 again in every stage, and only the method knows the number of stages.
    if (run.since === undefined || samples < run.samples) run.since = { samples, time };
    run.samples = samples;
    run.fraction = Math.max(run.fraction, samples / total);
    if (time > run.since.time) run.rate = (samples - run.since.samples) / (time - run.since.time);
    if (points) run.curve = [...run.curve, ...points];
  }

  finished(job: Job, record: RunRecord): void {
    this.runs.delete(job.id);
    this.finishedRuns.push({ title: this.titleOf(job), record });
  }

  get running(): number {
    return this.runs.size;
  }

  /** Samples per second, summed over the runs in progress. */
  get rate(): number {
    return [...this.runs.values()].reduce((sum, { rate }) => sum + rate, 0);
  }

  /** The fraction of all runs, earlier ones included. */
  get fraction(): number {
    return this.total === 0 ? 0 : (this.skippedRuns + this.carriedOut) / this.total;
  }

  /** Runs that this command has carried out, with the fractions of those in progress. */
  private get carriedOut(): number {
    const parts = [...this.runs.values()].reduce((sum, { fraction }) => sum + fraction, 0);
    return this.finishedRuns.length - this.skippedRuns + parts;
  }

  get seconds(): number {
    return this.now() - this.start;
  }

  /** Seconds left at the pace so far; undefined before the first run ends. */
  get secondsLeft(): number | undefined {
    const { carriedOut } = this;
    return carriedOut > 0 ? this.seconds * ((this.total - this.skippedRuns) / carriedOut - 1) : undefined;
  }

  /** The state that the live page shows. */
  state(): Omit<SweepState, 'dataset' | 'directory'> {
    const { seconds, secondsLeft, fraction, total, skippedRuns, finishedRuns } = this;
    return {
      ...{ seconds, secondsLeft, fraction, total, earlier: skippedRuns },
      running: [...this.runs.values()].map(({ title, method, slot, fraction, rate, startedAt, curve }) => ({
        ...{ title, method, slot, fraction, curve, samplesPerSecond: rate, seconds: this.now() - startedAt },
      })),
      finished: finishedRuns.toReversed(),
    };
  }
}

/** Several observers, called one after the other. */
export function toldInTurn(...watches: readonly Watch[]): Watch {
  return {
    expect: (total) => watches.forEach((watch) => watch.expect(total)),
    skipped: (job, record) => watches.forEach((watch) => watch.skipped(job, record)),
    started: (job) => watches.forEach((watch) => watch.started(job)),
    progress: (job, progress) => watches.forEach((watch) => watch.progress(job, progress)),
    finished: (job, record) => watches.forEach((watch) => watch.finished(job, record)),
    noted: (job, line) => watches.forEach((watch) => watch.noted?.(job, line)),
  };
}
