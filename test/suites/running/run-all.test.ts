import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { RunRecord } from '../../../results/record.ts';
import { openStore, type Store } from '../../../results/store.ts';
import { expand, type Job } from '../../../suites/job.ts';
import type { Ending } from '../../../suites/running/run-job.ts';
import { runAll, type RunnerOptions } from '../../../suites/running/run-all.ts';
import { someSettings } from '../settings.ts';

const jobs = expand({ ...someSettings, compressions: [4], seeds: [1] }, 'f'); // full, md, hash
const failed: Ending = { type: 'failed', error: 'broke' };
const infeasible: Ending = { type: 'infeasible', reason: 'too small', smallestBytes: 9 };

const tooLarge: Ending = { type: 'too large', reason: 'too much', neededBytes: 9e9, limitBytes: 2e9 };

let directory = '';
let store: Store;
afterEach(() => {
  store?.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Fake extends Partial<Omit<RunnerOptions, 'run'>> {
  readonly run: (job: Job, signal: AbortSignal) => Ending | Promise<Ending>;
}

/** Carries out `jobs` with a stand-in for their processes; `ran` names the methods in the order they started. */
async function runWith({ run, ...changes }: Fake, fresh = true) {
  if (fresh) directory = mkdtempSync(join(tmpdir(), 'runner-'));
  else store.close();
  store = openStore(directory);
  const ran: string[] = [];
  const told: string[] = [];
  const tell = (what: string) => (job: Job) => void told.push(`${what} ${job.method}`);
  const records = runAll({
    jobs,
    assignment: { dataset: 'planted', request: someSettings.request, fingerprint: 'f' },
    dataset: {
      name: 'planted',
      protocol: 'temporal',
      fingerprint: 'f',
      rows: { train: 8, validation: 1, test: 1 },
    },
    recording: 'r',
    machine: 'm',
    threads: 1,
    store,
    concurrency: 1,
    force: false,
    signal: new AbortController().signal,
    watch: {
      expect: (total) => void told.push(`expect ${total}`),
      skipped: tell('skipped'),
      started: tell('started'),
      progress: () => {},
      finished: tell('finished'),
    },
    run: async ({ job }, signal) => {
      ran.push(job.method);
      return run(job, signal);
    },
    ...changes,
  });
  return { records: await records.catch((error: unknown) => error), ran, told };
}

const lines = () => readFileSync(join(directory, 'runs.jsonl'), 'utf8').split('\n').slice(0, -1);

test('one failure is one record; the others go on', async () => {
  const run = (job: Job) => (job.method === 'mixed-dimension' ? failed : infeasible);
  const { records, told } = await runWith({ run });
  expect(records).toMatchObject([
    { status: 'infeasible' },
    { status: 'failed', error: 'broke' },
    { status: 'infeasible' },
  ]);
  expect(lines()).toHaveLength(3);
  expect(records).toMatchObject(Array(3).fill({ machine: 'm' }));
  expect(told.slice(0, 4)).toEqual(['expect 3', 'started full', 'finished full', 'started mixed-dimension']);
});

test('again: failed runs are repeated, infeasible ones are not', async () => {
  await runWith({ run: (job) => (job.method === 'mixed-dimension' ? failed : infeasible) });
  const { ran, told, records } = await runWith({ run: () => infeasible }, false);
  expect(ran).toEqual(['mixed-dimension']);
  expect(told.slice(1, 3)).toEqual(['skipped full', 'skipped hashing-trick']);
  expect(records).toMatchObject(jobs.map(({ method }) => ({ method, status: 'infeasible' })));
  expect((await runWith({ run: () => failed }, false)).ran).toEqual([]);
});

test('again: what was too large is tried where there is more memory, and only there', async () => {
  const again = (memoryBytes: number, ending: Ending) => {
    const assignment = { dataset: 'planted', request: someSettings.request, fingerprint: 'f', memoryBytes };
    return runWith({ run: () => ending, assignment }, false);
  };
  const { records } = await runWith({ run: () => tooLarge });
  expect(records).toMatchObject(
    jobs.map(() => ({ status: 'too large', error: 'too much', neededBytes: 9e9, limitBytes: 2e9 })),
  );
  expect((await again(1e9, infeasible)).ran).toEqual([]);
  expect((await again(2e9, infeasible)).ran).toEqual([]);
  expect((await again(3e9, { ...tooLarge, limitBytes: 3e9 })).ran).toHaveLength(3);
  expect((await again(10e9, infeasible)).ran).toHaveLength(3);
  expect((await again(20e9, tooLarge)).ran).toEqual([]);
  expect(store.latest(jobs[0].id)).toMatchObject({ status: 'infeasible' });
});

test('force repeats all, and the later record counts', async () => {
  await runWith({ run: () => infeasible });
  const { ran } = await runWith({ run: () => ({ ...infeasible, smallestBytes: 10 }), force: true }, false);
  expect(ran).toHaveLength(3);
  expect(lines()).toHaveLength(6);
  expect(store.latest(jobs[0].id)).toMatchObject({ smallestBytes: 10 });
});

test('at most as many at a time as asked for', async () => {
  let [now, most] = [0, 0];
  const run = async () => {
    most = Math.max(most, ++now);
    await setTimeout(10);
    now--;
    return infeasible;
  };
  await runWith({ run, concurrency: 2 });
  expect(most).toBe(2);
});

test('an abort stops at once; what was finished is on disk', async () => {
  const stop = new AbortController();
  const run = (job: Job, signal: AbortSignal) => {
    if (job.method !== 'full') stop.abort();
    signal.throwIfAborted();
    return infeasible;
  };
  const { records, ran } = await runWith({ run, signal: stop.signal });
  expect(records).toMatchObject({ name: 'AbortError' });
  expect(ran).toEqual(['full', 'mixed-dimension']);
  expect(lines()).toHaveLength(1);
});

test('a record that cannot be written stops the other lane too, for that reason', async () => {
  let stopped = false;
  const run = async (job: Job, signal: AbortSignal): Promise<Ending> => {
    if (job.method === 'full') return { ...infeasible, smallestBytes: NaN }; // refused by the store
    await setTimeout(5000, undefined, { signal }).catch(() => (stopped = true));
    signal.throwIfAborted();
    return infeasible;
  };
  const { records, ran } = await runWith({ run, concurrency: 2 });
  expect(records).toMatchObject({ name: 'ZodError' });
  expect(stopped).toBe(true);
  expect(ran).toEqual(['full', 'mixed-dimension']);
});

test('a run lasts as long as it does, whatever happens to the clock of the day', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const run = () => {
      vi.setSystemTime(Date.now() - 3_600_000); // an hour back, as when summer ends
      return failed;
    };
    const { records } = await runWith({ run });
    for (const { seconds } of records as RunRecord[]) {
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThan(5);
    }
  } finally {
    vi.useRealTimers();
  }
});
