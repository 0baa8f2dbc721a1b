import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { takeLock } from '../../results/lock.ts';

/**
 * Takers race for one lock, round after round: where there is none (`fresh`), where a dead process left one (`stale`), where
 * another died while it took that over (`succession`), and while a holder lets go (`released`).
 *
 * `npx tsx test/campaign/lock-race.ts [rounds] [takers]` runs all four and exits with 1 if two held the lock at once.
 */
export const kinds = ['fresh', 'stale', 'succession', 'released'] as const;
export type Kind = (typeof kinds)[number];

export interface Race {
  readonly file: string;
  readonly rounds: number;
  readonly takers: number;
  readonly shared: SharedArrayBuffer;
}

export interface Outcome {
  readonly rounds: number;
  /** Rounds in which more than one held the lock. */
  readonly double: number;
  /** Rounds in which nobody got it, though nobody had it. */
  readonly none: number;
  /** Errors that were no UserError. */
  readonly errors: number;
  /** Files left beside the lock. */
  readonly remains: readonly string[];
}

const { waitAsync } = Atomics as unknown as {
  waitAsync: (
    this: void,
    array: Int32Array,
    index: number,
    value: number,
  ) => { readonly value: Promise<string> | string };
};

/** All threads wait for each other; how many hold the lock, and how many failed, is counted beside. */
export class Barrier {
  private readonly state: Int32Array; // arrived, generation, holders, errors
  private readonly parties: number;

  constructor(shared: SharedArrayBuffer, parties: number) {
    this.state = new Int32Array(shared);
    this.parties = parties;
  }

  wait(): void {
    const generation = this.arrive();
    if (generation === undefined) return;
    while (Atomics.load(this.state, 1) === generation) Atomics.wait(this.state, 1, generation);
  }

  /** The same without keeping the thread from its events, which other threads need to start. */
  async passed(): Promise<void> {
    const generation = this.arrive();
    if (generation === undefined) return;
    while (Atomics.load(this.state, 1) === generation) await waitAsync(this.state, 1, generation).value;
  }

  /** Undefined for the last to come, which lets all others continue. */
  private arrive(): number | undefined {
    const generation = Atomics.load(this.state, 1);
    if (Atomics.add(this.state, 0, 1) < this.parties - 1) return generation;
    Atomics.store(this.state, 0, 0);
    Atomics.add(this.state, 1, 1);
    Atomics.notify(this.state, 1);
    return undefined;
  }

  count(): void {
    Atomics.add(this.state, 2, 1);
  }

  fail(): void {
    Atomics.add(this.state, 3, 1);
  }

  /** The time of this round. */
  takeHolders(): number {
    return Atomics.exchange(this.state, 2, 0);
  }

  get errors(): number {
    return Atomics.load(this.state, 3);
  }
}

/** A process number above Linux's largest. */
const deadPid = 2 ** 22 + 1;
const deadOwner = (token: string) => JSON.stringify({ pid: deadPid, host: hostname(), started: '1', token });

function layOut(kind: Kind, file: string, round: number): (() => void) | undefined {
  if (kind === 'fresh') return undefined;
  if (kind === 'released') return takeLock(file);
  const left = deadOwner(`lock ${round}`);
  writeFileSync(file, left);
  if (kind === 'succession') {
    const key = createHash('sha256').update(left).digest('hex').slice(0, 32);
    writeFileSync(`${file}.after-${key}`, deadOwner(`right ${round}`));
  }
  return undefined;
}

export async function raceForLock(kind: Kind, rounds: number, takers: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'embed-bench-lock-race-'));
  const file = join(folder, 'lock');
  const shared = new SharedArrayBuffer(16);
  const barrier = new Barrier(shared, takers + 1);
  const workerData: Race = { file, rounds, takers, shared };
  const workers = Array.from({ length: takers }, () => new Worker(taker, { eval: true, workerData }));
  const failure = new Promise<never>((_, reject) =>
    workers.forEach((worker) => worker.once('error', reject)),
  );
  let [double, none] = [0, 0];
  const referee = async () => {
    for (let round = 0; round < rounds; round++) {
      const release = layOut(kind, file, round);
      await barrier.passed();
      release?.();
      await barrier.passed();
      const holders = barrier.takeHolders();
      if (holders > 1) double++;
      if (holders === 0 && kind !== 'released') none++;
      await barrier.passed();
      await barrier.passed();
      rmSync(file, { force: true });
    }
  };
  try {
    await Promise.race([referee(), failure]);
    return { rounds, double, none, errors: barrier.errors, remains: readdirSync(folder) };
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
    rmSync(folder, { recursive: true });
  }
}

/** TypeScript in a worker needs tsx in it. */
const taker =
  `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ register }) => register())` +
  `.then(() => import(${JSON.stringify(new URL('./lock-taker.ts', import.meta.url).href)}))`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [rounds = 10_000, most = 3] = process.argv.slice(2).map(Number);
  let bad = false;
  for (let takers = 2; takers <= most; takers++)
    for (const kind of kinds) {
      const start = performance.now();
      const { double, none, errors, remains } = await raceForLock(kind, rounds, takers);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(
        `${takers} takers, ${kind}: ${rounds} rounds, ${double} with two holders, ${none} with none, ` +
          `${errors} errors, ${remains.length} files left behind; ${seconds} s`,
      );
      bad ||= double + none + errors + remains.length > 0;
    }
  process.exitCode = bad ? 1 : 0;
}
