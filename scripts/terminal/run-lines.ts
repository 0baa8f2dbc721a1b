import { SingleBar } from 'cli-progress';
import type { Job } from '../../suites/job.ts';
import type { Watch } from '../../suites/runner.ts';
import type { RunRecord } from '../../results/record.ts';

/** Shows runs on stderr: one bar for the comparison on a terminal, with a line above it for each run that ends. */
export function runLines(total: number): Watch & { stop(): void } {
  const { isTTY } = process.stderr;
  const running = new Map<string, { fraction: number; rate: number; since: number }>();
  let done = 0;
  const bar = isTTY
    ? new SingleBar({ format: '{bar} {percentage} %  run {now} of {total_runs}  {rate} samples/s  {eta_formatted} left  {label}', stream: process.stderr, clearOnComplete: true, etaBuffer: 50 }) // prettier-ignore
    : undefined;
  bar?.start(1000, 0, { now: 1, total_runs: total, rate: '-', label: '' });
  const draw = (label: string) => {
    const partly = [...running.values()].reduce((sum, { fraction }) => sum + fraction, 0);
    const rate = [...running.values()].reduce((sum, run) => sum + run.rate, 0);
    const now = Math.min(total, done + 1);
    bar?.update(Math.round((1000 * (done + partly)) / total), { now, rate: Math.round(rate), label });
  };
  const say = (line: string) => {
    if (isTTY) process.stderr.write('\r\x1b[K');
    console.error(line);
  };
  return {
    skipped(job, record) {
      done++;
      say(`${titleOf(job)}: recorded already (${resultOf(record)})`);
      draw('');
    },
    started(job) {
      running.set(job.id, { fraction: 0, rate: 0, since: performance.now() });
      if (!isTTY) say(`run ${done + running.size} of ${total}: ${titleOf(job)}`);
      draw(titleOf(job));
    },
    progress(job, { samples, total }) {
      const run = running.get(job.id)!;
      run.fraction = samples / total;
      run.rate = (1000 * samples) / (performance.now() - run.since);
      draw(titleOf(job));
    },
    finished(job, record) {
      running.delete(job.id);
      done++;
      say(`${titleOf(job)}: ${resultOf(record)}, ${record.seconds.toFixed(1)} s`);
      draw('');
    },
    stop: () => bar?.stop(),
  };
}

function titleOf({ method, compression, seed }: Job): string {
  return `${method} ${compression}x seed ${seed}`;
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
