import { choosingSeed, errorOf, trialsOf } from '../analysis/comparisons/chosen-rate.ts';
import { extension, maxExtensions, ruledRate } from '../analysis/comparisons/rate-rule.ts';
import type { RunRecord } from '../results/record.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Job } from './job.ts';

/** Jobs that can run now. */
export interface JobBatch {
  readonly jobs: readonly Job[];
  /** An estimate of the jobs after this batch: fewer if plans are infeasible or too large, more if a grid is extended. */
  readonly later: number;
}

/** The records of all batches so far, by the ids of their jobs. */
export type Recorded = ReadonlyMap<string, RunRecord>;

/** Makes the same job at another learning rate. */
export type WithRate = (job: Job, learningRate: number) => Job;

/**
 * Chooses learning rates before it runs the seeds that are reported. (1) Every method runs at every ratio with its first seed and
 * the first rate. (2) Those that fit the budget and the memory, and have several rates, run with the others; all of these are trials of the choosing seed.
 * (3) A grid whose end leads is extended. (4) The other seeds run at the rate that `ruledRate` chooses. The batches depend on the
 * records alone, so that the same command resumes after an interruption.
 */
export function* batchesOfJobs(
  jobs: readonly Job[],
  withRate: WithRate,
): Generator<JobBatch, void, Recorded> {
  const searches = rivals(jobs).map((group) => new RateSearch(group, withRate));
  const inOrder = (wanted: readonly Job[]) => inTurn(wanted, jobs);

  const first = inOrder(searches.flatMap(({ trials }) => trials.slice(0, 1)));
  let recorded = yield {
    jobs: first,
    later: sum(searches.map(({ trials, seeds }) => trials.length - 1 + seeds)),
  };
  const going = searches.filter((search) => search.canRun(recorded));
  const seedsLeft = sum(going.map(({ seeds }) => seeds));

  const others = inOrder(going.flatMap(({ trials }) => trials.slice(1)));
  if (others.length > 0) recorded = yield { jobs: others, later: seedsLeft };
  for (let round = 0; round < maxExtensions; round++) {
    const further = inOrder(going.flatMap((search) => search.extend(recorded)));
    if (further.length > 0) recorded = yield { jobs: further, later: seedsLeft };
  }
  const rest = inOrder(going.flatMap((search) => search.atChosenRate(recorded)));
  if (rest.length > 0) yield { jobs: rest, later: 0 };
}

/** Some jobs of a comparison, `jobs`, and rates beyond their grids, in the order in which they run. */
export function inTurn(wanted: readonly Job[], jobs: readonly Job[]): Job[] {
  const places = new Map(jobs.map(({ id }, place) => [id, place]));
  const placeOf = ({ id }: Job) => places.get(id) ?? jobs.length; // a rate beyond the grid
  return [...wanted].sort((a, b) => turnOf(a) - turnOf(b) || placeOf(a) - placeOf(b));
}

/** Methods come before references, which choose their learning rates where methods may have one. */
const turnOf = ({ seed, reference }: Job) => (reference === undefined ? seed : Math.max(1, seed));

/** The jobs in groups, each of which chooses a learning rate: no batch of a group depends on records of another. */
export function rivals(jobs: readonly Job[]): Job[][] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) groups.set(rivalry(job), [...(groups.get(rivalry(job)) ?? []), job]);
  return [...groups.values()];
}

/** The same for jobs that differ in seed and learning rate alone. */
function rivalry({ method, options, compression, activations, gradients, reference }: Job): string {
  // A reference chooses its rate once, with its first layer, for all of its sizes.
  if (reference !== undefined) return canonicalJson([reference]);
  return canonicalJson([method, options, compression, activations, gradients]);
}

/** The jobs of one method, with its options, at one ratio and with one training approximation: they differ in seed and rate. */
class RateSearch {
  /** The jobs with the first seed, one for each rate. */
  readonly trials: Job[];
  /** The number of jobs that follow the choice. */
  readonly seeds: number;
  private readonly grid: readonly number[];
  private readonly reported: readonly Job[];
  private readonly withRate: WithRate;

  constructor(jobs: readonly Job[], withRate: WithRate) {
    const [{ seed }] = jobs;
    this.trials = jobs.filter((job) => job.seed === seed);
    this.grid = this.trials.map(({ learningRate }) => learningRate);
    const [{ learningRate }] = jobs;
    this.reported = jobs.filter((job) => job.seed !== seed && job.learningRate === learningRate);
    this.seeds = this.reported.length;
    this.withRate = withRate;
  }

  /** False if no plan fits the budget, or its training the memory: sizes depend on neither seed nor rate. */
  canRun(recorded: Recorded): boolean {
    const { status } = recorded.get(this.trials[0].id)!;
    return status !== 'infeasible' && status !== 'too large';
  }

  /** The trial beyond the end of the grid that leads; none if no end does. */
  extend(recorded: Recorded): Job[] {
    if (this.trials[0].seed !== choosingSeed) return [];
    const known = this.recordsOf(recorded);
    const rate = extension(trialsOf(known), errorOf(known), this.grid);
    if (rate === undefined) return [];
    const job = this.withRate(this.trials[0], rate);
    this.trials.push(job);
    return [job];
  }

  /** The jobs with the other seeds, at the chosen rate; none if no rate gave a number. */
  atChosenRate(recorded: Recorded): readonly Job[] {
    if (this.trials.length === 1) return this.reported;
    const known = this.recordsOf(recorded);
    const rate = ruledRate(trialsOf(known), errorOf(known));
    return rate === undefined ? [] : this.reported.map((job) => this.withRate(job, rate));
  }

  private recordsOf(recorded: Recorded): RunRecord[] {
    return this.trials.map(({ id }) => recorded.get(id)!);
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
