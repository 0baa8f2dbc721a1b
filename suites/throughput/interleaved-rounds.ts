import type { Profile } from '../../harness/measuring/kernel-clock.ts';
import type { Work } from '../../harness/measuring/timed-work.ts';
import { spreadOf } from '../../harness/metrics/spread.ts';
import type { Device, Time } from './messages.ts';
import { inTime, TimeIsUp } from './deadline.ts';

/** A configuration that is built and waits for its turn. */
export interface Worker {
  /** Milliseconds per step of every sample. Throws with the reason if it cannot continue. */
  time(turn: Omit<Time, 'type'>): Promise<number[]>;
  profile(batch: number, steps: number): Promise<Profile>;
  close(): Promise<void>;
}

export interface Candidate {
  readonly title: string;
  /** The kinds of work that it is timed at. */
  readonly works: readonly Work[];
  /** A sample is a stream of steps on a GPU, and one awaited step elsewhere. */
  readonly device: Device;
  start(): Promise<Worker>;
  readonly profiled: boolean;
}

/**
 * The result of a configuration by batch size, for the sizes with a finished round at the deadline. All configurations with
 * rounds of a size have the same number of them.
 */
export type ThroughputResult =
  | { readonly status: 'completed'; readonly byBatch: ReadonlyMap<number, Measured> }
  | { readonly status: 'failed'; readonly error: string };

export interface Measured {
  readonly works: Readonly<Partial<Record<Work, MeasuredWork>>>;
  readonly profile?: Profile;
}

/** Milliseconds per step: of every sample of every round. */
export interface MeasuredWork {
  readonly stepsPerSample: number;
  readonly rounds: readonly (readonly number[])[];
}

export interface RoundsWatch {
  building(title: string, number: number, total: number): void;
  lost(title: string, error: string): void;
  /** Before turns of round 0, which only warms up, to `rounds`; `fraction` is of the whole race. */
  turn(round: number, title: string, fraction: number): void;
}

export interface RoundsOptions {
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly watch: RoundsWatch;
  /** A time by performance.now(): no turn begins after it, and one that is not over soon after it is given up. */
  readonly deadline?: number;
}

/** A turn lasts about this long, so that a round of a dozen configurations is over within a minute. */
const turnMilliseconds = 400;
/** Code is compiled, tables are paged in, caches are filled. */
const initialWarmUp = 5;
export const profiledSteps = 10;
/** How long what is under way at the deadline, and profiles after it, may continue. */
const graceMs = 20_000;
/** A candidate that hangs must not take the time of all where there is a deadline: compiling takes less. */
const turnTimeoutMs = 180_000;

interface Sampling {
  /** Samples in the first turn. */
  readonly firstSamples: number;
  readonly minSamples: number;
  readonly maxSamples: number;
  /** Another configuration had the caches since the turn before, or the device's clock went down. */
  readonly warmUpPerTurn: number;
  readonly minSteps: number;
  readonly maxSteps: number;
  /** A sample has the steps that fill this. */
  readonly milliseconds: number;
}

const samplings: Readonly<Record<Device, Sampling>> = {
  cpu: {
    ...{ firstSamples: 3, minSamples: 3, maxSamples: 200, warmUpPerTurn: 1 },
    ...{ minSteps: 1, maxSteps: 1, milliseconds: 0 },
  },
  // The device waits for the first commands of a sample, and the process for the device at its end: a few milliseconds,
  // which must be little of a stream.
  gpu: {
    ...{ firstSamples: 1, minSamples: 3, maxSamples: 4, warmUpPerTurn: 4 },
    ...{ minSteps: 4, maxSteps: 1000, milliseconds: 150 },
  },
};

/**
 * Builds all configurations and lets them work in turn, round after round, one at a time: whatever else the machine does
 * meanwhile hits all alike, and two configurations can be compared round by round. Every second round goes the other way
 * around. A configuration that fails is out, the others continue. Throws when `signal` aborts, once every process is gone.
 */
export async function interleavedRounds(
  candidates: readonly Candidate[],
  options: RoundsOptions,
): Promise<ThroughputResult[]> {
  const runs = candidates.map((candidate) => new CandidateRun(candidate, options));
  try {
    for (const [i, run] of runs.entries()) {
      options.signal.throwIfAborted();
      options.watch.building(run.candidate.title, i + 1, runs.length);
      await run.build();
    }
    await runRounds(runs, options);
    const counts = new Map(options.batches.map((batch) => [batch, finishedRounds(runs, batch)]));
    const finished = options.batches.filter((batch) => counts.get(batch)! > 0);
    for (const run of runs) await run.profile(finished);
    return runs.map((run) => run.result(finished, counts));
  } finally {
    await Promise.all(runs.map((run) => run.close()));
  }
}

async function runRounds(runs: readonly CandidateRun[], options: RoundsOptions): Promise<void> {
  const { watch, deadline = Infinity } = options;
  const turns = (options.rounds + 1) * options.batches.length * runs.length;
  let done = 0;
  for (const { round, batch } of schedule(options))
    for (const run of round % 2 === 0 ? runs : runs.toReversed()) {
      if (performance.now() > deadline) return;
      watch.turn(round, run.candidate.title, done++ / turns);
      await run.turn(batch);
    }
}

/**
 * Round 0 warms up. Rounds of all batch sizes alternate, so that a bad minute of the machine does not fall on one size
 * alone; where time may run out, sizes follow one another, so that the first ones are finished.
 */
function schedule({ batches, rounds, deadline }: RoundsOptions): { round: number; batch: number }[] {
  const all = Array.from({ length: rounds + 1 }, (_, round) => round);
  return deadline === undefined
    ? all.flatMap((round) => batches.map((batch) => ({ round, batch })))
    : batches.flatMap((batch) => all.map((round) => ({ round, batch })));
}

/** Rounds that all who count have behind them. */
function finishedRounds(runs: readonly CandidateRun[], batch: number): number {
  const racing = runs.filter((run) => run.counts(batch));
  return racing.length === 0 ? 0 : Math.min(...racing.map((run) => run.roundsOf(batch)));
}

interface WorkSoFar {
  readonly samples: number;
  readonly stepsPerSample: number;
  readonly rounds: number[][];
}

/** One configuration's way through the race. */
class CandidateRun {
  readonly candidate: Candidate;
  private readonly options: RoundsOptions;
  private worker: Worker | undefined;
  private error: string | undefined;
  private timedOut = false;
  private readonly byBatch = new Map<number, Map<Work, WorkSoFar>>();
  private readonly profiles = new Map<number, Profile>();

  constructor(candidate: Candidate, options: RoundsOptions) {
    this.candidate = candidate;
    this.options = options;
  }

  /** True if it has rounds of a batch size, or would have: the others wait for it to be comparable. */
  counts(batch: number): boolean {
    return this.error === undefined && (!this.timedOut || this.roundsOf(batch) > 0);
  }

  build(): Promise<void> {
    return this.unlessLost(async () => {
      this.worker = await this.candidate.start();
    });
  }

  /** Every kind of work at one batch size; the first turn warms up and finds how many steps fill the others. */
  turn(batch: number): Promise<void> {
    return this.unlessLost(async () => {
      const works = this.byBatch.get(batch) ?? new Map<Work, WorkSoFar>();
      this.byBatch.set(batch, works);
      const sampling = samplings[this.candidate.device];
      const { firstSamples: samples, minSteps: stepsPerSample, warmUpPerTurn: warmUp } = sampling;
      for (const what of this.candidate.works) {
        const known = works.get(what);
        if (known === undefined) {
          const first = { what, batch, warmUp: initialWarmUp, samples, stepsPerSample };
          const { median } = spreadOf(await this.worker!.time(first));
          works.set(what, { ...fillTurn(median, sampling), rounds: [] });
        } else {
          const { samples, stepsPerSample } = known;
          known.rounds.push(await this.worker!.time({ what, batch, warmUp, samples, stepsPerSample }));
        }
      }
    });
  }

  async profile(batches: readonly number[]): Promise<void> {
    if (!this.candidate.profiled || this.worker === undefined) return;
    for (const batch of batches)
      await this.unlessLost(async () => {
        const profile = await this.worker?.profile(batch, profiledSteps);
        if (profile !== undefined) this.profiles.set(batch, profile);
      });
  }

  roundsOf(batch: number): number {
    const works = this.byBatch.get(batch);
    const counts = this.candidate.works.map((what) => works?.get(what)?.rounds.length ?? 0);
    return Math.min(...counts);
  }

  /** The result at these batch sizes, so many rounds of each. */
  result(batches: readonly number[], counts: ReadonlyMap<number, number>): ThroughputResult {
    if (this.error !== undefined) return { status: 'failed', error: this.error };
    const shown = batches.filter((batch) => this.roundsOf(batch) > 0);
    const byBatch = shown.map((batch) => {
      const works = Object.fromEntries(
        [...this.byBatch.get(batch)!].map(([what, { stepsPerSample, rounds }]) => [
          what,
          { stepsPerSample, rounds: rounds.slice(0, counts.get(batch)) },
        ]),
      );
      const profile = this.profiles.get(batch);
      return [batch, profile === undefined ? { works } : { works, profile }] as const;
    });
    return { status: 'completed', byBatch: new Map(byBatch) };
  }

  async close(): Promise<void> {
    await this.worker?.close();
    this.worker = undefined;
  }

  /** Whatever goes wrong in it is this configuration's end alone, and its memory is free for the others at once. */
  private async unlessLost(work: () => Promise<void>): Promise<void> {
    if (this.error !== undefined || this.timedOut) return;
    const { deadline = Infinity } = this.options;
    const last = deadline + graceMs;
    try {
      await inTime(work, deadline === Infinity ? last : Math.min(last, performance.now() + turnTimeoutMs));
    } catch (error) {
      this.options.signal.throwIfAborted();
      const late = error instanceof TimeIsUp && performance.now() >= last;
      const reason = error instanceof Error ? error.message : String(error);
      this.options.watch.lost(this.candidate.title, reason);
      if (late)
        this.timedOut = true; // what it has shown before counts
      else this.error = reason;
      await this.close();
    }
  }
}

/** How many samples of how many steps fill a turn. */
function fillTurn(
  milliseconds: number,
  { minSamples, maxSamples, minSteps, maxSteps, milliseconds: ofSample }: Sampling,
) {
  const within = (least: number, value: number, most: number) => Math.max(least, Math.min(most, value));
  const stepsPerSample = within(minSteps, Math.ceil(ofSample / milliseconds), maxSteps);
  const samples = Math.ceil(turnMilliseconds / (stepsPerSample * milliseconds));
  return { stepsPerSample, samples: within(minSamples, samples, maxSamples) };
}
