import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCached } from '../../datasets/prepared/cache.ts';
import { splitRows } from '../../datasets/prepared/split.ts';
import { endOf, type RowFacts, type Split } from '../../datasets/prepared/split-parts.ts';
import {
  defaultSettings,
  type PrepareSettings,
  rollingFold,
  settingsOf,
  type SplitSettings,
} from '../../datasets/prepared/settings.ts';
import type { RawBlock, RawSource } from '../../datasets/raw-rows.ts';
import { hash32 } from '../../base/hash.ts';
import { type Part, parts } from '../../harness/contract/data.ts';
import { logOf, temporaryDirectory } from './sample-rows.ts';

const settings = (some: Partial<SplitSettings>): SplitSettings => ({ ...defaultSettings, ...some });

/** Rows of the log in every part, in the order of the files. */
function rowsIn({ parts: ranges, placeOfRow }: Split, rows: number): Record<Part, number[]> {
  const rowAt = new Map<number, number>();
  for (let row = 0; row < rows; row++) rowAt.set(placeOfRow ? placeOfRow[row] : row, row);
  const of = (part: Part) => {
    const found: number[] = [];
    const range = ranges[part];
    for (let at = range.start; at < endOf(range); at += range.step) found.push(rowAt.get(at)!);
    return found;
  };
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

const split = (rows: number, some: Partial<SplitSettings>, facts?: RowFacts) =>
  rowsIn(splitRows(rows, settings(some), facts), rows);

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('times decide the temporal split: the last seventh in time is tested and validated in turn', () => {
  const times = Float64Array.from({ length: 14 }, (_, row) => (row * 5) % 14); // each once
  const inTime = numbers(0, 14).toSorted((a, b) => times[a] - times[b]);
  expect(split(14, {}, { times })).toEqual({
    train: inTime.slice(0, 12),
    test: [inTime[12]],
    validation: [inTime[13]],
  });
  expect(splitRows(14, settings({}), { times }).byTime).toBe(true);
});

test('times that rise leave the files in the order of the log', () => {
  const times = Float64Array.from(numbers(0, 70));
  const withTimes = splitRows(70, settings({}), { times });
  expect(withTimes.placeOfRow).toBeUndefined();
  expect(withTimes.parts).toEqual(splitRows(70, settings({})).parts);
});

test('rows of one time are not divided between training and the rest', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { minLength: 14, maxLength: 60 }), (list) => {
      fc.pre(new Set(list).size > 1);
      const times = Float64Array.from(list);
      let found: Record<Part, number[]>;
      try {
        found = split(list.length, {}, { times });
      } catch {
        return; // one row after training
      }
      const latest = Math.max(...found.train.map((row) => times[row]));
      const after = [...found.test, ...found.validation];
      expect(Math.min(...after.map((row) => times[row]))).toBeGreaterThan(latest);
      expect([...found.train, ...after].toSorted((a, b) => a - b)).toEqual(numbers(0, list.length));
      for (const part of parts) {
        const ordered = found[part].toSorted((a, b) => times[a] - times[b] || a - b);
        expect(found[part]).toEqual(ordered);
      }
    }),
    { numRuns: 200 },
  );
});

test('training ends where the time changes nearest to 6/7 of the rows, earlier of two equally near', () => {
  // 70 rows: training would end at row 60, in the middle of a time that lasts from `from` to `to`.
  const trained = (from: number, to: number) => {
    const times = Float64Array.from(numbers(0, 70), (row) => (row < from ? row : row < to ? from : row));
    return split(70, {}, { times }).train.length;
  };
  expect([trained(58, 61), trained(59, 64), trained(58, 62), trained(60, 65)]).toEqual([61, 59, 58, 60]);
});

test('all rows of one time have no temporal split', () => {
  const times = new Float64Array(20).fill(5);
  expect(() => split(20, {}, { times })).toThrow(/^all 20 rows have one time, so no temporal split/);
});

test('shares: of the rows in their order, the rest mixed evenly', () => {
  const shares = { train: 0.6, validation: 0.3, test: 0.1 };
  const found = split(100, { shares });
  expect(found.train).toEqual(numbers(0, 60));
  expect(found.test).toEqual([60, 64, 68, 72, 76, 80, 84, 88, 92, 96]);
  expect([...found.test, ...found.validation].toSorted((a, b) => a - b)).toEqual(numbers(60, 100));
  expect(found.validation).toEqual(found.validation.toSorted((a, b) => a - b));
});

test("shares that are the protocol's own change nothing, not even the place in the cache", () => {
  const shares = { train: 6 / 7, validation: 1 / 14, test: 1 / 14 };
  expect(settingsOf({ ...defaultSettings, shares })).toEqual(defaultSettings);
  for (const rows of [14, 49, 98, 152_433])
    expect(splitRows(rows, settings({ shares })), `${rows}`).toEqual(splitRows(rows, settings({})));
  const eight = { train: 0.8, validation: 0.1, test: 0.1 };
  const random = settingsOf({ ...defaultSettings, protocol: 'random', shares: eight });
  expect(random.shares).toBeUndefined();
});

test('random shares: of the rows about so many, each by its own hash', () => {
  const shares = { train: 0.5, validation: 0.2, test: 0.3 };
  const found = split(20_000, { protocol: 'random', shares });
  expect(parts.map((part) => found[part].length / 20_000)).toEqual([
    expect.closeTo(0.5, 1),
    expect.closeTo(0.2, 1),
    expect.closeTo(0.3, 1),
  ]);
  expect(found.train).toEqual(numbers(0, 20_000).filter((row) => hash32(row, 1) < 2 ** 31));
});

test('given parts are taken as they come', () => {
  const given = Uint8Array.of(0, 2, 1, 0, 0, 2);
  expect(split(6, { protocol: 'given' }, { parts: given })).toEqual({
    train: [0, 3, 4],
    validation: [2],
    test: [1, 5],
  });
});

test('given parts without validation rows: a tenth of the training rows validates, by hash', () => {
  const given = Uint8Array.from({ length: 5000 }, (_, row) => (row < 4000 ? 0 : 2));
  const whole = splitRows(5000, settings({ protocol: 'given' }), { parts: given });
  expect(whole.validationFromTrain).toBe(true);
  const found = rowsIn(whole, 5000);
  expect(found.validation).toEqual(numbers(0, 4000).filter((row) => hash32(row, 1) % 10 === 0));
  expect(found.test).toEqual(numbers(4000, 5000));
  expect(found.train.length + found.validation.length).toBe(4000);
});

test('given: a log that does not come split, and one without test rows', () => {
  expect(() => split(6, { protocol: 'given' })).toThrow(/^the log does not come split/);
  const given = Uint8Array.of(0, 1, 0, 0, 1, 0);
  expect(() => split(6, { protocol: 'given' }, { parts: given })).toThrow(
    /^the test part of the given split has no row/,
  );
});

test('rolling: days of equal rows; the day after those trained on is tested and validated in turn, later ones are left out', () => {
  const fold = split(23, { protocol: 'rolling', rolling: { days: 5, day: 2 } }); // days of 5, 5, 5, 4, 4 rows
  expect(fold).toEqual({ train: numbers(0, 10), test: [10, 12, 14], validation: [11, 13] });
  const last = splitRows(100, settings({ protocol: 'rolling', rolling: rollingFold() }));
  expect(last).toEqual(splitRows(100, settings({})));
});

test('rolling by time: days are equal spans, and 240 different hours make ten days of 24', () => {
  const hours = Float64Array.from({ length: 720 }, (_, row) => 394_000 + ((row * 7) % 240));
  const dayOf = (row: number) => Math.floor((hours[row] - 394_000) / 24) + 1;
  for (const day of [1, 4, 9]) {
    const fold = split(720, { protocol: 'rolling', rolling: { days: 10, day } }, { times: hours });
    expect(new Set(fold.train.map(dayOf))).toEqual(new Set(numbers(1, day + 1)));
    expect(new Set([...fold.test, ...fold.validation].map(dayOf))).toEqual(new Set([day + 1]));
    expect(fold.train.length).toBe(72 * day);
    expect(fold.test.length).toBe(36);
  }
});

test('rolling: a day without rows is named', () => {
  const times = Float64Array.of(0, 1, 2, 3, 96, 97, 98, 99);
  expect(() => split(8, { protocol: 'rolling', rolling: { days: 10, day: 3 } }, { times })).toThrow(
    'day 4 of 10 has too few of the 8 rows: the validation part would be empty',
  );
});

test.each<[string, Partial<PrepareSettings>, RegExp]>([
  [
    'shares that are not the whole',
    { shares: { train: 0.5, validation: 0.1, test: 0.1 } },
    /have to add up to 1$/,
  ],
  [
    'a share of nothing',
    { shares: { train: 0.5, validation: 0, test: 0.5 } },
    /every part needs a share above 0$/,
  ],
  ['shares of given parts', { protocol: 'given', shares: { train: 0.5, validation: 0.2, test: 0.3 } }, /for given: leave it out$/], // prettier-ignore
])('%s are refused', (_, some, message) => {
  expect(() => settingsOf({ ...defaultSettings, ...some })).toThrow(message);
});

test('the last day cannot be trained on', () => {
  expect(() => rollingFold(5, 5)).toThrow(
    '--rolling-day 5: of 5 days, 1 to 4 can be the last one to train on',
  );
});

/** A log whose dense value and tokens are the number of the row. */
function numbered(rows: number, facts: (row: number) => { time?: number; part?: number }): RawSource {
  const source = logOf({ A: numbers(0, rows), B: numbers(0, rows).map((row) => row % 300) }, 64);
  return {
    ...source,
    *blocks(): Generator<RawBlock> {
      for (const block of source.blocks() as Iterable<RawBlock>) {
        const own = Array.from(block.dense[0], facts);
        yield {
          ...block,
          ...(own[0].time !== undefined && { times: Float64Array.from(own, ({ time }) => time!) }),
          ...(own[0].part !== undefined && { parts: Uint8Array.from(own, ({ part }) => part!) }),
        };
      }
    },
  };
}

const prepared = (source: RawSource, some: Partial<PrepareSettings>) =>
  openCached({
    cache: temporaryDirectory(),
    dataset: 'log',
    key: {},
    settings: settingsOf({ ...defaultSettings, dense: 'raw', ...some }),
    maxBadLines: 0,
    source: () => source,
  });

test.each<[string, Partial<PrepareSettings>, (row: number) => { time?: number; part?: number }]>([
  ['temporal by time', {}, (row) => ({ time: (row * 389) % 1000 })],
  ['temporal, shares', { shares: { train: 0.5, validation: 0.2, test: 0.3 } }, () => ({})],
  ['given', { protocol: 'given' }, (row) => ({ part: (row * 7) % 3 })],
  ['rolling', { protocol: 'rolling', rolling: { days: 4, day: 2 } }, (row) => ({ time: 1000 - row })],
])(
  '%s: all columns of a row stay together, and ids are counted in the training part',
  async (_, some, facts) => {
    const rows = 1000;
    const data = await prepared(numbered(rows, facts), some);
    const times = Float64Array.from(numbers(0, rows), (row) => facts(row).time ?? row);
    const given = Uint8Array.from(numbers(0, rows), (row) => facts(row).part ?? 0);
    const expected = split(rows, some, { times, parts: given });
    for (const part of parts) {
      const [batch] = data.batches(part, { batchSize: rows });
      expect(Array.from(batch.dense)).toEqual(expected[part]);
      expect(Array.from(batch.labels)).toEqual(expected[part].map((row) => row % 2));
      const { counts } = data.fields[1];
      for (let i = 0; i < batch.size; i++) {
        const token = expected[part][i] % 300;
        expect(counts[batch.ids[2 * i + 1]]).toBe(expected.train.filter((row) => row % 300 === token).length);
      }
      expect(Array.from(data.trueProbabilities(part)!)).toEqual(
        expected[part].map((row) => Math.fround(row / rows)),
      );
    }
    expect(data.facts.split.order).toBe(facts(0).time === undefined ? 'log' : 'time');
  },
);

test('a row without a time is refused where time decides, and nowhere else', async () => {
  const source = numbered(100, (row) => ({ time: row === 41 ? NaN : row }));
  await expect(prepared(source, {})).rejects.toThrow('row 42: its time is NaN');
  await expect(prepared(source, { protocol: 'random' })).resolves.toBeDefined();
});

test('later days change nothing in an earlier fold', async () => {
  const fold = { protocol: 'rolling', rolling: { days: 4, day: 1 } } as const;
  const numbersOnly = (rows: number): RawSource => {
    const source = numbered(rows, () => ({}));
    return {
      ...source,
      *blocks() {
        for (const block of source.blocks() as Iterable<RawBlock>)
          yield { ...block, probabilities: undefined };
      },
    };
  };
  const four = await prepared(numbersOnly(400), fold);
  const two = await prepared(numbersOnly(200), { protocol: 'rolling', rolling: { days: 2, day: 1 } });
  expect(four.fingerprint).toBe(two.fingerprint);
});
