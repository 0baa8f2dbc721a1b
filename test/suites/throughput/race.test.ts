import { expect, test } from 'vitest';
import type { Work } from '../../../harness/timed-work.ts';
import { race, type Entrant, type RaceOptions } from '../../../suites/throughput/race.ts';
import type { Time } from '../../../suites/throughput/messages.ts';

const noProfile = { steps: 1, milliseconds: 1, entries: [], rest: 1 };

interface Fake {
  readonly title: string;
  readonly milliseconds?: number;
  readonly works?: readonly Work[];
  readonly profiled?: boolean;
  readonly startFails?: boolean;
  readonly failsAt?: number;
}

/** Contestants without processes; `log` tells what happened in order. */
async function raceOf(fakes: readonly Fake[], options: Partial<RaceOptions> = {}) {
  const log: string[] = [];
  const turns: (Omit<Time, 'type'> & { title: string })[] = [];
  let working = 0;
  const entrants = fakes.map((fake): Entrant => ({
    title: fake.title,
    works: fake.works ?? ['train'],
    profiled: fake.profiled ?? false,
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
          if (turn++ === fake.failsAt) throw new Error('crashed');
          return Array<number>(asked.steps).fill(fake.milliseconds ?? 50);
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
  const standings = await race(entrants, {
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
  return { standings, log, turns, lost };
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
    turns.filter((turn) => turn.title === title).map(({ warmUp, steps }) => [warmUp, steps]);
  expect(of('slow')).toEqual([[5, 3], [1, 3], [1, 3]]); // prettier-ignore
  expect(of('even')).toEqual([[5, 3], [1, 20], [1, 20]]); // prettier-ignore
  expect(of('fast')).toEqual([[5, 3], [1, 200], [1, 200]]); // prettier-ignore
});

test('the standing has every timed round and no warm-up, and profiles where asked', async () => {
  const { standings } = await raceOf([{ title: 'a', profiled: true }, { title: 'b' }], { rounds: 3 });
  const [a, b] = standings as { status: string; byBatch: Map<number, object> }[];
  const rounds = { train: Array(3).fill(Array(8).fill(50)) };
  expect(a.byBatch.get(32)).toEqual({ rounds, profile: noProfile });
  expect(b.byBatch.get(32)).toEqual({ rounds });
});

test('what fails is out and closed at once; the others go on', async () => {
  const { standings, log, lost } = await raceOf([
    { title: 'a', failsAt: 1 },
    { title: 'b', startFails: true },
    { title: 'c' },
  ]);
  expect(standings).toMatchObject([
    { status: 'failed', error: 'crashed' },
    { status: 'failed', error: 'no memory' },
    { status: 'completed' },
  ]);
  expect(lost).toEqual(['b: no memory', 'a: crashed']);
  expect(log.filter((line) => line === 'c train 32')).toHaveLength(3);
  expect(log.indexOf('close a')).toBeLessThan(log.lastIndexOf('c train 32'));
  expect(log.filter((line) => line.startsWith('a'))).toHaveLength(2);
});

test('an abort throws, and every process is closed', async () => {
  const stop = new AbortController();
  const { standings, log } = await raceOf([{ title: 'a' }, { title: 'b', failsAt: 0 }], {
    signal: stop.signal,
    watch: { building: () => {}, lost: () => {}, turn: (_, title) => title === 'b' && stop.abort() },
  });
  expect(standings).toMatchObject({ name: 'AbortError' });
  expect(log.slice(-2)).toEqual(['close a', 'close b']);
});
