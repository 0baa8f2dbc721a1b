import { chosenRate } from '../analysis/comparisons/chosen-rate.ts';
import type { RunRecord } from '../results/record.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Job } from './job.ts';

/** Jobs that can run now. */
export interface Round {
  readonly jobs: readonly Job[];
  /** How many are to come after it: fewer where plans are missing, more where a rate does not keep what it promised. */
  readonly later: number;
}

/** The records of all rounds so far, by the jobs' ids. */
export type Recorded = ReadonlyMap<string, RunRecord>;

/**
 * What is known after one seed spares runs with the others. First every method at every ratio, with the first seed and at
 * the first learning rate; then, with that seed, the other rates of those that have a plan; then the other seeds, at the
 * rate that validation prefers. Where another rate is ahead then, because training went astray with one of those seeds or
 * the first was lucky, that one gets its other seeds too, until the rate that is ahead has them all. The result depends on
 * the records alone, so that the same command goes on where it stopped.
 */
export function* rounds(jobs: readonly Job[]): Generator<Round, void, Recorded> {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = canonicalJson([job.method, job.options, job.compression, job.activations, job.gradients]);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  const contests = [...groups.values()].map((group) => new Contest(group));
  const inOrder = (wanted: (contest: Contest) => readonly Job[]) => {
    const ids = new Set(contests.flatMap(wanted).map(({ id }) => id));
    return jobs.filter(({ id }) => ids.has(id));
  };

  const later = (contest: Contest) => contest.trials.length - 1 + contest.seedsLeft;
  const first = inOrder(({ trials }) => trials.slice(0, 1));
  let recorded = yield { jobs: first, later: sum(contests.map(later)) };

  const going = contests.filter((contest) => !contest.isInfeasible(recorded));
  const others = inOrder((contest) => (going.includes(contest) ? contest.trials.slice(1) : []));
  if (others.length > 0)
    recorded = yield { jobs: others, later: sum(going.map(({ seedsLeft }) => seedsLeft)) };

  for (;;) {
    const rest = inOrder((contest) => (going.includes(contest) ? contest.nextAtChosenRate(recorded) : []));
    if (rest.length === 0) return;
    recorded = yield { jobs: rest, later: 0 };
  }
}

/** A method with its options at a ratio, trained in a way: jobs that differ in seed and learning rate. */
class Contest {
  /** With the first seed, one at every rate. */
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

  /** Of the other seeds, each once. Where there is one rate, at that; none where no rate gave a number. */
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
