import { secondsSaved, sharedTrainings } from '../../analysis/summary/shared-trainings.ts';
import type { Job } from '../../suites/job.ts';
import type { Watch } from '../../suites/running/run-all.ts';
import type { RunRecord } from '../../results/record.ts';
import { duration } from '../terminal/duration.ts';
import { complain } from '../terminal/printed.ts';
import type { SweepProgress } from './sweep-progress.ts';
import { terminalBar } from './terminal-bar.ts';

export interface RunLines extends Watch {
  /** Prints another line. */
  note(line: string): void;
  stop(): void;
}

/**
 * Shows runs on stderr: one bar for the comparison on a terminal, with a line above it for each run that ends. Call it after
 * `sweep`.
 */
export function runLines(sweep: SweepProgress): RunLines {
  const bar = terminalBar('{bar} {percentage} %  run {now} of {total_runs}  {rate}{left}  {label}');
  const draw = (label: string) => {
    const { rate, secondsLeft, total, finishedRuns } = sweep;
    bar?.show(sweep.fraction, {
      now: Math.min(total, finishedRuns.length + 1),
      total_runs: total,
      rate: rate > 0 ? `${Math.round(rate)} samples/s  ` : '',
      left: secondsLeft === undefined ? '' : `${duration(secondsLeft)} left`,
      label,
    });
  };
  const say = (line: string) => (bar ? bar.above(line) : complain(line));
  let unsaid = 0;
  const sayWhatWasSkipped = () => {
    if (unsaid > 0) say(`${unsaid} run${unsaid === 1 ? ' is' : 's are'} recorded already`);
    unsaid = 0;
  };
  const titleOf = (job: Job) => sweep.titleOf(job);
  return {
    note: say,
    expect() {},
    skipped() {
      unsaid++;
      draw('');
    },
    started(job) {
      sayWhatWasSkipped();
      if (!bar) say(`run ${sweep.finishedRuns.length + sweep.running} of ${sweep.total}: ${titleOf(job)}`);
      draw(titleOf(job));
    },
    noted: (job, line) => say(`${titleOf(job)}: ${line}`),
    progress: (job) => draw(titleOf(job)),
    finished(job, record) {
      say(`${titleOf(job)}: ${resultOf(record)}, ${record.seconds.toFixed(1)} s${sharedText(record)}`);
      draw('');
    },
    stop() {
      sayWhatWasSkipped();
      bar?.stop();
    },
  };
}

function sharedText(record: RunRecord): string {
  const saved = secondsSaved(sharedTrainings([record]));
  return saved > 0 ? `, ${saved.toFixed(1)} s of training shared` : '';
}

function resultOf(record: RunRecord): string {
  switch (record.status) {
    case 'completed':
      return `test AUC ${record.quality.auc.toFixed(4)}, ${Math.round(record.speed.trainSamplesPerSecond.median)} samples/s`;
    case 'infeasible':
      return `infeasible: ${record.error}`;
    case 'too large':
      return `too large: ${record.error}`;
    case 'failed':
      return `failed: ${record.error}`;
  }
}
