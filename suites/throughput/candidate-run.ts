import type { Profile } from '../../harness/measuring/kernel-clock.ts';
import type { Work } from '../../harness/measuring/timed-work.ts';
import { spreadOf } from '../../harness/metrics/spread.ts';
import { mean } from '../../analysis/statistics/estimates.ts';
import type { Candidate, Worker } from './candidate.ts';
import type { RoundsOptions } from './rounds-options.ts';
import type { ThroughputResult } from './result.ts';
import { inTime, TimeIsUp } from './deadline.ts';
import type { Device } from './messages.ts';

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

/** Median milliseconds per step in one turn. A work that failed is not in it. */
export type TurnTimes = ReadonlyMap<Work, number>;

interface WorkSoFar {
  readonly samples: number;
  readonly stepsPerSample: number;
  readonly rounds: number[][];
  /** Milliseconds per step of the baseline beside each round. */
  readonly baseline: number[];
}

/** The kinds of work that are compared with the baseline's. */
const compared: readonly Work[] = ['train', 'inference'];

/** One configuration's way through the race. */
export class CandidateRun {
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
  async turn(batch: number): Promise<TurnTimes> {
    const times = new Map<Work, number>();
    await this.unlessLost(async () => {
      const works = this.byBatch.get(batch) ?? new Map<Work, WorkSoFar>();
      this.byBatch.set(batch, works);
      const sampling = samplings[this.candidate.device];
      const { firstSamples: samples, minSteps: stepsPerSample } = sampling;
      for (const what of this.candidate.works) {
        const known = works.get(what);
        if (known === undefined) {
          const first = { what, batch, warmUp: initialWarmUp, samples, stepsPerSample };
          const { median } = spreadOf(await this.worker!.time(first));
          works.set(what, { ...fillTurn(median, sampling), rounds: [], baseline: [] });
        } else {
          const round = await this.timed(what, batch, known);
          known.rounds.push(round);
          times.set(what, spreadOf(round).median);
        }
      }
    });
    return times;
  }

  /** Times a baseline once more for those beside it; this is no round of its own. */
  async again(batch: number): Promise<TurnTimes> {
    const times = new Map<Work, number>();
    await this.unlessLost(async () => {
      for (const [what, known] of this.byBatch.get(batch)!)
        if (compared.includes(what)) times.set(what, spreadOf(await this.timed(what, batch, known)).median);
    });
    return times;
  }

  private timed(what: Work, batch: number, { samples, stepsPerSample }: WorkSoFar): Promise<number[]> {
    const { warmUpPerTurn: warmUp } = samplings[this.candidate.device];
    return this.worker!.time({ what, batch, warmUp, samples, stepsPerSample });
  }

  /** The baseline's turns before and after the last round. */
  setBeside(batch: number, turns: readonly TurnTimes[]): void {
    for (const [what, { baseline }] of this.byBatch.get(batch) ?? []) {
      const times = turns.flatMap((turn) => turn.get(what) ?? []);
      if (times.length === turns.length) baseline.push(mean(times));
    }
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
        [...this.byBatch.get(batch)!].map(([what, { stepsPerSample, rounds, baseline }]) => {
          const count = counts.get(batch)!;
          const beside = baseline.length >= count ? { baseline: baseline.slice(0, count) } : {};
          return [what, { stepsPerSample, rounds: rounds.slice(0, count), ...beside }];
        }),
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
