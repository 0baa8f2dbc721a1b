import type { Profile } from '../../harness/kernel-clock.ts';
import type { Work } from '../../harness/timed-work.ts';
import { spreadOf } from '../../harness/metrics/spread.ts';
import type { Time } from './messages.ts';

/** A contestant that is built and waits for its turn. */
export interface Racer {
  /** Milliseconds of every timed step. Throws with the reason where it can go on no more. */
  time(turn: Omit<Time, 'type'>): Promise<number[]>;
  profile(batch: number, steps: number): Promise<Profile>;
  close(): Promise<void>;
}

export interface Entrant {
  readonly title: string;
  /** What it is timed at. */
  readonly works: readonly Work[];
  start(): Promise<Racer>;
  readonly profiled: boolean;
}

/** What a contestant showed: by batch size, then by kind of work, the milliseconds of all steps of every round. */
export type Standing =
  | { readonly status: 'completed'; readonly byBatch: ReadonlyMap<number, Measured> }
  | { readonly status: 'failed'; readonly error: string };

export interface Measured {
  readonly rounds: Readonly<Partial<Record<Work, readonly (readonly number[])[]>>>;
  readonly profile?: Profile;
}

export interface RaceWatch {
  building(title: string, number: number, total: number): void;
  lost(title: string, error: string): void;
  /** Before turns of round 0, which only warms up, to `rounds`; `fraction` is of the whole race. */
  turn(round: number, title: string, fraction: number): void;
}

export interface RaceOptions {
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly watch: RaceWatch;
}

/** A turn lasts about this long, so that a round of a dozen contestants is over within a minute. */
const turnMilliseconds = 400;
const [leastSteps, mostSteps] = [3, 200];
/** Code is compiled, tables are paged in, caches are filled. */
const firstSteps = 5;
/** Another contestant had the caches since the turn before. */
const stepsOutOfPractice = 1;
export const profiledSteps = 10;

/**
 * Builds all contestants and lets them work in turn, round after round, one at a time: whatever else the machine does
 * meanwhile hits all alike, and two contestants can be compared round by round. Every second round goes the other way
 * around. A contestant that fails is out, the others go on. Throws when `signal` aborts, once every process is gone.
 */
export async function race(entrants: readonly Entrant[], options: RaceOptions): Promise<Standing[]> {
  const lanes = entrants.map((entrant) => new Lane(entrant, options));
  try {
    for (const [i, lane] of lanes.entries()) {
      options.signal.throwIfAborted();
      options.watch.building(lane.entrant.title, i + 1, lanes.length);
      await lane.build();
    }
    const turns = (options.rounds + 1) * options.batches.length * lanes.length;
    let done = 0;
    for (let round = 0; round <= options.rounds; round++)
      for (const batch of options.batches)
        for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
          options.watch.turn(round, lane.entrant.title, done++ / turns);
          await lane.turn(batch);
        }
    for (const lane of lanes) await lane.profile();
    return lanes.map((lane) => lane.standing());
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

/** One contestant's way through the race. */
class Lane {
  readonly entrant: Entrant;
  private readonly options: RaceOptions;
  private racer: Racer | undefined;
  private error: string | undefined;
  private readonly byBatch = new Map<number, Map<Work, { steps: number; rounds: number[][] }>>();
  private readonly profiles = new Map<number, Profile>();

  constructor(entrant: Entrant, options: RaceOptions) {
    this.entrant = entrant;
    this.options = options;
  }

  build(): Promise<void> {
    return this.unlessLost(async () => {
      this.racer = await this.entrant.start();
    });
  }

  /** Every kind of work at one batch size; the first turn warms up and finds how many steps fill the others. */
  turn(batch: number): Promise<void> {
    return this.unlessLost(async () => {
      const works = this.byBatch.get(batch) ?? new Map<Work, { steps: number; rounds: number[][] }>();
      this.byBatch.set(batch, works);
      for (const what of this.entrant.works) {
        const known = works.get(what);
        if (known === undefined) {
          const first = await this.racer!.time({ what, batch, warmUp: firstSteps, steps: leastSteps });
          works.set(what, { steps: stepsPerTurn(spreadOf(first).median), rounds: [] });
        } else {
          const turn = { what, batch, warmUp: stepsOutOfPractice, steps: known.steps };
          known.rounds.push(await this.racer!.time(turn));
        }
      }
    });
  }

  async profile(): Promise<void> {
    if (!this.entrant.profiled) return;
    for (const batch of this.options.batches)
      await this.unlessLost(async () => {
        this.profiles.set(batch, await this.racer!.profile(batch, profiledSteps));
      });
  }

  standing(): Standing {
    if (this.error !== undefined) return { status: 'failed', error: this.error };
    const byBatch = [...this.byBatch].map(([batch, works]) => {
      const rounds = Object.fromEntries([...works].map(([what, { rounds }]) => [what, rounds]));
      const profile = this.profiles.get(batch);
      return [batch, profile === undefined ? { rounds } : { rounds, profile }] as const;
    });
    return { status: 'completed', byBatch: new Map(byBatch) };
  }

  async close(): Promise<void> {
    await this.racer?.close();
    this.racer = undefined;
  }

  /** Whatever goes wrong in it is this contestant's end alone, and its memory is free for the others at once. */
  private async unlessLost(work: () => Promise<void>): Promise<void> {
    if (this.error !== undefined) return;
    try {
      await work();
    } catch (error) {
      this.options.signal.throwIfAborted();
      this.error = error instanceof Error ? error.message : String(error);
      this.options.watch.lost(this.entrant.title, this.error);
      await this.close();
    }
  }
}

function stepsPerTurn(milliseconds: number): number {
  return Math.max(leastSteps, Math.min(mostSteps, Math.ceil(turnMilliseconds / milliseconds)));
}
