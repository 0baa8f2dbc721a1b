import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Work } from '../../../harness/measuring/timed-work.ts';
import type { Candidate } from '../../../suites/throughput/candidate.ts';
import type { Measured } from '../../../suites/throughput/result.ts';
import type { RoundsOptions } from '../../../suites/throughput/rounds-options.ts';
import { interleavedRounds } from '../../../suites/throughput/interleaved-rounds.ts';
import type { Time } from '../../../suites/throughput/messages.ts';

const noProfile = { steps: 1, milliseconds: 1, entries: [], rest: 1 };

interface Fake {
  readonly title: string;
  readonly milliseconds?: number;
  readonly works?: readonly Work[];
  readonly profiled?: boolean;
  readonly startFails?: boolean;
  readonly failsAt?: number;
  readonly device?: 'gpu';
  /** The turn that never ends. */
  readonly hangsAt?: number;
  /** Milliseconds of a turn on a clock that is not real. */
  readonly lasts?: number;
  readonly baseline?: number;
  /** Milliseconds of a step in each turn; `milliseconds` after the last. */
  readonly turns?: readonly number[];
}

/** Configurations without processes; `log` tells what happened in order. */
async function raceOf(fakes: readonly Fake[], options: Partial<RoundsOptions> = {}) {
  const log: string[] = [];
  const turns: (Omit<Time, 'type'> & { title: string })[] = [];
  let working = 0;
  const candidates = fakes.map((fake): Candidate => ({
    title: fake.title,
    works: fake.works ?? ['train'],
    profiled: fake.profiled ?? false,
    device: fake.device ?? 'cpu',
    baseline: fake.baseline,
    start() {
      log.push(`start ${fake.title}`);
      if (fake.startFails) return Promise.reject(new Error('no memory'));
      let turn = 0;
      return Promise.resolve({
        async time(asked) {
          expect(++working).toBe(1); // one at a time
          await Promise.resolve();
          working--;
          log.push(`${fake.title} ${asked.what} ${asked.batch}`);
          turns.push({ ...asked, title: fake.title });
          if (fake.lasts !== undefined) vi.advanceTimersByTime(fake.lasts);
          if (turn === fake.hangsAt) {
            vi.advanceTimersByTime(200_000);
            await new Promise(() => {});
          }
          const milliseconds = fake.turns?.[turn] ?? fake.milliseconds ?? 50;
          if (turn++ === fake.failsAt) throw new Error('crashed');
          return Array<number>(asked.samples).fill(milliseconds);
        },
        profile: () => Promise.resolve(noProfile),
        close() {
          log.push(`close ${fake.title}`);
          return Promise.resolve();
        },
      });
    },
  }));
  const lost: string[] = [];
  const results = await interleavedRounds(candidates, {
    batches: [32],
    rounds: 2,
    signal: new AbortController().signal,
    watch: {
      building: () => {},
      lost: (title, error) => void lost.push(`${title}: ${error}`),
      turn: () => {},
    },
    ...options,
  }).catch((error: unknown) => error as Error);
  return { results, log, turns, lost };
}

test('all are built first, then work in turn, every second round the other way around', async () => {
  const { log } = await raceOf([{ title: 'a' }, { title: 'b' }]);
  expect(log).toEqual([
    ...['start a', 'start b'],
    ...['a train 32', 'b train 32'], // warm-up
    ...['b train 32', 'a train 32'],
    ...['a train 32', 'b train 32'],
    ...['close a', 'close b'],
  ]);
});

test('batch sizes change within a round, works within a turn', async () => {
  const { log } = await raceOf([{ title: 'a', works: ['train', 'inference'] }], {
    batches: [8, 16],
    rounds: 1,
  });
  const round = ['a train 8', 'a inference 8', 'a train 16', 'a inference 16'];
  expect(log).toEqual(['start a', ...round, ...round, 'close a']);
});

test('a turn has the steps that fill it, after one untimed; the first one warms up', async () => {
  const { turns } = await raceOf([
    { title: 'slow', milliseconds: 1000 },
    { title: 'even', milliseconds: 20 },
    { title: 'fast', milliseconds: 0.001 },
  ]);
  const of = (title: string) =>
    turns.filter((turn) => turn.title === title).map(({ warmUp, samples }) => [warmUp, samples]);
  expect(of('slow')).toEqual([[5, 3], [1, 3], [1, 3]]); // prettier-ignore
  expect(of('even')).toEqual([[5, 3], [1, 20], [1, 20]]); // prettier-ignore
  expect(of('fast')).toEqual([[5, 3], [1, 200], [1, 200]]); // prettier-ignore
  for (const { stepsPerSample } of turns) expect(stepsPerSample).toBe(1);
});

test('on a GPU a sample is a stream of steps that lasts, and a turn has a few of them', async () => {
  const { turns, results } = await raceOf([
    { title: 'slow', milliseconds: 50, device: 'gpu' },
    { title: 'even', milliseconds: 2, device: 'gpu' },
    { title: 'fast', milliseconds: 0.01, device: 'gpu' },
  ]);
  const of = (title: string) =>
    turns
      .filter((turn) => turn.title === title)
      .map(({ warmUp, samples, stepsPerSample }) => [warmUp, samples, stepsPerSample]);
  expect(of('slow')).toEqual([[5, 1, 4], [4, 3, 4], [4, 3, 4]]); // prettier-ignore
  expect(of('even')).toEqual([[5, 1, 4], [4, 3, 75], [4, 3, 75]]); // prettier-ignore
  expect(of('fast')).toEqual([[5, 1, 4], [4, 4, 1000], [4, 4, 1000]]); // prettier-ignore
  const [, even] = results as unknown as { byBatch: Map<number, Measured> }[];
  expect(even.byBatch.get(32)!.works).toMatchObject({ train: { stepsPerSample: 75 } });
});

test('the result has every timed round and no warm-up, and profiles where asked', async () => {
  const { results } = await raceOf([{ title: 'a', profiled: true }, { title: 'b' }], { rounds: 3 });
  const [a, b] = results as { status: string; byBatch: Map<number, object> }[];
  const works = { train: { stepsPerSample: 1, rounds: Array(3).fill(Array(8).fill(50)) } };
  expect(a.byBatch.get(32)).toEqual({ works, profile: noProfile });
  expect(b.byBatch.get(32)).toEqual({ works });
});

describe('a baseline of many', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((title): Fake => ({ title, baseline: 0 }));
  const measuredAt32 = (result: unknown) => (result as { byBatch: Map<number, Measured> }).byBatch.get(32)!;

  test('works again between them, and each has the time beside its round', async () => {
    // The warm-up; beside e; again after d, c, b; its own round beside a; then the second round.
    const turns = [50, 10, 20, 40, 60, 80, 100];
    const { log, results } = await raceOf([{ title: 'full', turns }, ...five]);
    expect(log.slice(12, 26).map((line) => line[0]).join('')).toBe('fedcbfaffabcdf'); // prettier-ignore
    const [full, a, , , , e] = (results as unknown[]).map((result) => measuredAt32(result).works.train!);
    expect(full.rounds.map(([first]) => first)).toEqual([40, 60]);
    expect(full.baseline).toBeUndefined();
    expect(a.baseline).toEqual([(20 + 40) / 2, (60 + 80) / 2]);
    expect(e.baseline).toEqual([(10 + 20) / 2, (80 + 100) / 2]);
  });

  test('works again only at what is compared, with no round more', async () => {
    const works: readonly Work[] = ['train', 'lookups', 'inference'];
    const { log, results } = await raceOf([{ title: 'full', works }, ...five.map((fake) => ({ ...fake, works }))]); // prettier-ignore
    const of = (work: string) => log.filter((line) => line === `full ${work} 32`).length;
    expect([of('train'), of('inference'), of('lookups')]).toEqual([7, 7, 3]);
    const { train, lookups } = measuredAt32((results as unknown[])[3]).works;
    expect(train!.baseline).toHaveLength(2);
    expect(lookups!.baseline).toBeUndefined();
  });

  test('that fails leaves the others without a time beside theirs', async () => {
    const { results } = await raceOf([{ title: 'full', failsAt: 5 }, ...five]);
    expect(results).toMatchObject([{ status: 'failed' }, ...five.map(() => ({ status: 'completed' }))]);
    expect(measuredAt32((results as unknown[])[1]).works.train).not.toHaveProperty('baseline');
  });

  test('of few works once a round', async () => {
    const { log } = await raceOf([{ title: 'full' }, ...five.slice(1)]);
    expect(log.filter((line) => line === 'full train 32')).toHaveLength(3);
  });
});

test('what fails is out and closed at once; the others go on', async () => {
  const { results, log, lost } = await raceOf([
    { title: 'a', failsAt: 1 },
    { title: 'b', startFails: true },
    { title: 'c' },
  ]);
  expect(results).toMatchObject([
    { status: 'failed', error: 'crashed' },
    { status: 'failed', error: 'no memory' },
    { status: 'completed' },
  ]);
  expect(lost).toEqual(['b: no memory', 'a: crashed']);
  expect(log.filter((line) => line === 'c train 32')).toHaveLength(3);
  expect(log.indexOf('close a')).toBeLessThan(log.lastIndexOf('c train 32'));
  expect(log.filter((line) => line.startsWith('a'))).toHaveLength(2);
});

describe('with a deadline', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** Batch size and rounds of one kind of work. */
  const shown = (result: unknown) =>
    [...(result as { byBatch: Map<number, Measured> }).byBatch].map(([batch, { works }]) => [
      batch,
      works.train!.rounds.length,
    ]);
  /** Turns of a second each. */
  const timed = (seconds: number, fakes: readonly Fake[]) =>
    raceOf(
      fakes.map((fake) => ({ ...fake, lasts: 1000 })),
      { batches: [8, 16], rounds: 2, deadline: performance.now() + 1000 * seconds },
    );

  test('batch sizes follow one another; all have the rounds that all have finished', async () => {
    // Six turns of batch 8, the warm-up at 16, one round, and one turn of the next.
    const { results, log } = await timed(10.5, [{ title: 'a', profiled: true }, { title: 'b' }]);
    const turns = log.filter((line) => line.startsWith('a train'));
    expect(turns).toEqual([8, 8, 8, 16, 16, 16].map((batch) => `a train ${batch}`));
    expect((results as unknown[]).map(shown)).toEqual(Array(2).fill([[8, 2], [16, 1]])); // prettier-ignore
  });

  test('sizes without a round are left out, and are no failure', async () => {
    const { results } = await timed(7.5, [{ title: 'a' }, { title: 'b' }]);
    expect((results as unknown[]).map(shown)).toEqual([[[8, 2]], [[8, 2]]]);
    const late = await timed(-30, [{ title: 'a' }]);
    expect((late.results as unknown[]).map(shown)).toEqual([[]]);
    expect(late.lost).toEqual(['a: the time was up before it was done']);
  });

  test('a round whose members have all worked is whole: its baseline works past the deadline', async () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((title): Fake => ({ title, baseline: 0 }));
    const lasting = [{ title: 'full' }, ...five].map((fake) => ({ ...fake, lasts: 1000 }));
    // Six turns warm up, and a round takes eight: the deadline is in the turn of e, the last but one of the second round.
    const deadline = performance.now() + 1000 * (6 + 8 + 6.5);
    const { results } = await raceOf(lasting, { batches: [8], rounds: 9, deadline });
    const [, , , , , e] = (results as unknown as { byBatch: Map<number, Measured> }[]).map(({ byBatch }) => byBatch.get(8)!.works.train!); // prettier-ignore
    expect([e.rounds.length, e.baseline?.length]).toEqual([2, 2]);
  });

  test('what hangs is given up; what it showed before counts', async () => {
    const { results, log } = await timed(9.5, [{ title: 'a', hangsAt: 5 }, { title: 'b' }]);
    expect((results as unknown[]).map(shown)).toEqual(Array(2).fill([[8, 2], [16, 1]])); // prettier-ignore
    expect(log).toContain('close a');
    // Whoever hangs before its first round of a size takes none from the others.
    const early = await timed(10.5, [{ title: 'b', hangsAt: 4 }, { title: 'a' }]);
    expect((early.results as unknown[]).map(shown)).toEqual([[[8, 2]], [[8, 2], [16, 1]]]); // prettier-ignore
    // Long before the deadline it is a failure, and the others continue.
    const long = await timed(1000, [{ title: 'a', hangsAt: 1 }, { title: 'b' }]);
    expect(long.results).toMatchObject([{ status: 'failed' }, { status: 'completed' }]);
    expect(shown((long.results as unknown[])[1])).toEqual([[8, 2], [16, 2]]); // prettier-ignore
  });
});

test('an abort throws, and every process is closed', async () => {
  const stop = new AbortController();
  const { results, log } = await raceOf([{ title: 'a' }, { title: 'b', failsAt: 0 }], {
    signal: stop.signal,
    watch: { building: () => {}, lost: () => {}, turn: (_, title) => title === 'b' && stop.abort() },
  });
  expect(results).toMatchObject({ name: 'AbortError' });
  expect(log.slice(-2)).toEqual(['close a', 'close b']);
});
