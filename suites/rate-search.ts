import { chosenRate } from '../analysis/comparisons/chosen-rate.ts';
import type { RunRecord } from '../results/record.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Job } from './job.ts';

/** Jobs that can run now. */
export interface JobBatch {
  readonly jobs: readonly Job[];
  /** An estimate of the jobs after this batch: fewer if plans are infeasible, more if another rate takes the lead. */
  readonly later: number;
}

/** The records of all batches so far, by the ids of their jobs. */
export type Recorded = ReadonlyMap<string, RunRecord>;

/**
 * Selects learning rates successively, so that not every rate runs with every seed. (1) Every method runs at every ratio with
 * the first seed and the first rate. (2) Feasible ones run with the other rates. (3) The best rate on validation runs with the
 * other seeds. (4) If another rate now beats the mean of that one, it runs with them too, until the leader has all seeds. The
 * batches depend on the records alone, so that the same command resumes after an interruption.
 */
export function* batchesOfJobs(jobs: readonly Job[]): Generator<JobBatch, void, Recorded> {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = canonicalJson([job.method, job.options, job.compression, job.activations, job.gradients]);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  const searches = [...groups.values()].map((group) => new RateSearch(group));
  const inOrder = (wanted: (search: RateSearch) => readonly Job[]) => {
    const ids = new Set(searches.flatMap(wanted).map(({ id }) => id));
    return jobs.filter(({ id }) => ids.has(id));
  };

  const later = (search: RateSearch) => search.trials.length - 1 + search.seedsLeft;
  const first = inOrder(({ trials }) => trials.slice(0, 1));
  let recorded = yield { jobs: first, later: sum(searches.map(later)) };

  const going = searches.filter((search) => !search.isInfeasible(recorded));
  const others = inOrder((search) => (going.includes(search) ? search.trials.slice(1) : []));
  if (others.length > 0)
    recorded = yield { jobs: others, later: sum(going.map(({ seedsLeft }) => seedsLeft)) };

  for (;;) {
    const rest = inOrder((search) => (going.includes(search) ? search.nextAtChosenRate(recorded) : []));
    if (rest.length === 0) return;
    recorded = yield { jobs: rest, later: 0 };
  }
}

/** The jobs of one method, with its options, at one ratio and with one training approximation: they differ in seed and rate. */
class RateSearch {
  /** The jobs with the first seed, one for each rate. */
  readonly trials: readonly Job[];
  private readonly asked: Job[];
  private others: readonly Job[];
  readonly seedsLeft: number;

  constructor(jobs: readonly Job[]) {
    const [{ seed }] = jobs;
    this.trials = jobs.filter((job) => job.seed === seed);
    this.asked = [...this.trials];
    this.others = jobs.filter((job) => job.seed !== seed);
    this.seedsLeft = this.others.length / this.trials.length;
  }

  /** A plan's sizes depend on neither seed nor rate. */
  isInfeasible(recorded: Recorded): boolean {
    return recorded.get(this.trials[0].id)!.status === 'infeasible';
  }

  /** The next jobs with the other seeds, at the chosen rate; none if no rate gave a number. */
  nextAtChosenRate(recorded: Recorded): readonly Job[] {
    const known = this.asked.map(({ id }) => recorded.get(id)!);
    const rate = this.trials.length === 1 ? this.trials[0].learningRate : chosenRate(known);
    const next = this.others.filter(({ learningRate }) => learningRate === rate);
    this.others = this.others.filter(({ learningRate }) => learningRate !== rate);
    this.asked.push(...next);
    return next;
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
