import type { Job } from '../../suites/job.ts';
import type { Watch } from '../../suites/runner.ts';
import type { RunRecord } from '../../results/record.ts';
import { duration } from './duration.ts';
import { terminalBar } from './terminal-bar.ts';

interface Running {
  /** Of its training. */
  fraction: number;
  /** Of the stage that it is at. */
  samples: number;
  /** Samples per second since the first news: before it, the process starts and loads code. */
  rate: number;
  since?: { readonly samples: number; readonly time: number };
}

/**
 * Shows runs on stderr: one bar for the comparison on a terminal, with a line above it for each run that ends. `rates`:
 * whether runs differ in their learning rate.
 */
export function runLines({ rates }: { readonly rates: boolean }): Watch & { stop(): void } {
  const bar = terminalBar('{bar} {percentage} %  run {now} of {total_runs}  {rate}{left}  {label}');
  const running = new Map<string, Running>();
  const start = performance.now();
  let total = 0;
  let done = 0;
  let skipped = 0;

  const draw = (label: string) => {
    const runs = [...running.values()];
    const carriedOut = done - skipped + runs.reduce((sum, { fraction }) => sum + fraction, 0);
    const rate = runs.reduce((sum, { rate }) => sum + rate, 0);
    const left = ((performance.now() - start) / 1000) * ((total - skipped) / carriedOut - 1);
    bar?.show((skipped + carriedOut) / total, {
      now: Math.min(total, done + 1),
      total_runs: total,
      rate: rate > 0 ? `${Math.round(rate)} samples/s  ` : '',
      left: carriedOut > 0 ? `${duration(left)} left` : '',
      label,
    });
  };
  const say = (line: string) => (bar ? bar.above(line) : console.error(line));
  let unsaid = 0;
  const sayWhatWasSkipped = () => {
    if (unsaid > 0) say(`${unsaid} run${unsaid === 1 ? ' is' : 's are'} recorded already`);
    unsaid = 0;
  };
  const titleOf = ({ method, compression, seed, learningRate, activations, gradients }: Job) => {
    const rate = rates ? ` rate ${learningRate}` : '';
    const kept = activations ? ` activations of ${activations} bits` : '';
    return `${method} ${compression}x seed ${seed}${rate}${gradients ? ` ${gradients}` : ''}${kept}`;
  };
  return {
    expect(runs) {
      total = runs;
    },
    skipped() {
      done++;
      skipped++;
      unsaid++;
      draw('');
    },
    started(job) {
      sayWhatWasSkipped();
      running.set(job.id, { fraction: 0, samples: 0, rate: 0 });
      if (!bar) say(`run ${done + running.size} of ${total}: ${titleOf(job)}`);
      draw(titleOf(job));
    },
    progress(job, { samples, total }) {
      const run = running.get(job.id)!;
      const time = performance.now() / 1000;
      // Samples count from 0 again in every stage; how many stages there will be, only the method knows.
      if (run.since === undefined || samples < run.samples) run.since = { samples, time };
      run.samples = samples;
      run.fraction = Math.max(run.fraction, samples / total);
      if (time > run.since.time) run.rate = (samples - run.since.samples) / (time - run.since.time);
      draw(titleOf(job));
    },
    finished(job, record) {
      running.delete(job.id);
      done++;
      say(`${titleOf(job)}: ${resultOf(record)}, ${record.seconds.toFixed(1)} s`);
      draw('');
    },
    stop() {
      sayWhatWasSkipped();
      bar?.stop();
    },
  };
}

function resultOf(record: RunRecord): string {
  switch (record.status) {
    case 'completed':
      return `test AUC ${record.quality.auc.toFixed(4)}, ${Math.round(record.speed.trainSamplesPerSecond.median)} samples/s`;
    case 'infeasible':
      return `infeasible: ${record.error}`;
    case 'failed':
      return `failed: ${record.error}`;
  }
}
