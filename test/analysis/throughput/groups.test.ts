import { describe, expect, it } from 'vitest';
import { throughputGroups } from '../../../analysis/throughput/groups.ts';
import { headlines } from '../../../analysis/throughput/headlines.ts';
import { byPlace } from '../../../analysis/throughput/places.ts';
import { profileLines, stepBound } from '../../../analysis/throughput/profile.ts';
import { roundRatio } from '../../../analysis/throughput/ratios.ts';
import type { Rate } from '../../../results/throughput-record.ts';
import { plausibleThroughput, timedMethod, timedPeer } from '../../reports/throughput-recordings.ts';

const rate = (rounds: number[]): Rate => ({
  stepsPerSample: 1,
  median: rounds[0],
  mad: 0,
  count: rounds.length,
  rounds,
});
const plausible = plausibleThroughput();

describe('a ratio', () => {
  it('is the median of the ratios round by round, with their MAD', () => {
    const ratio = roundRatio(rate([10, 20, 90, 40, 55]), rate([5, 10, 30, 20, 50]));
    expect(ratio).toEqual({ value: 2, error: 0, count: 5 });
    // The medians alone, 40 and 20, would say the same of rounds in any other order; these ratios do not.
    expect(roundRatio(rate([10, 20, 90]), rate([10, 10, 10]))).toEqual({ value: 2, error: 1, count: 3 });
  });

  it('does not feel a pace that both sides share', () => {
    const pace = [1, 0.2, 3, 0.7, 1.4];
    const ratio = roundRatio(rate(pace.map((x) => 30 * x)), rate(pace.map((x) => 20 * x)));
    expect(ratio.value).toBeCloseTo(1.5, 12);
    expect(ratio.error).toBeCloseTo(0, 12);
  });
});

describe('groups', () => {
  const [group, ...others] = throughputGroups(plausible);
  const row = (method: string, backend: string, threads: number) =>
    group.rows.find(
      ({ record }) => record.method === method && record.backend === backend && record.threads === threads,
    )!;

  it('hold what was asked the same work, by backend and threads', () => {
    expect(others).toEqual([]);
    const places = group.rows.map(({ record }) => `${record.backend} ${record.threads}`);
    expect([...new Set(places)]).toEqual(['native 1', 'native 2', 'wasm 1']);
    expect(group.missing.map(({ status }) => status)).toEqual(['infeasible', 'failed', 'failed']);
  });

  it('compare with full on the same backend and threads, and with the best PyTorch of as many threads', () => {
    const md = row('mixed-dimension', 'native', 2);
    expect(md.toFull!.train.value).toBeCloseTo(0.71, 1);
    expect(md.toPeer!.train.value).toBeCloseTo((24_000 * 0.71) / 15_100, 1);
    expect(row('full', 'wasm', 1).toPeer!.train.value).toBeCloseTo(5_300 / 9_000, 1);
    expect(row('full', 'wasm', 1).toFull).toBeUndefined();
    expect(row('full', 'native', 1).shareOfBound!.value).toBeCloseTo(15 / 28, 1);
    expect(group.peers.map(({ best }) => best)).toEqual([true, false, true]);
  });

  it('compare with the speed of full beside each round, where a record has it', () => {
    const full = timedMethod({ method: 'full', backend: 'wasm', threads: 1, train: 5000 });
    const hash = timedMethod({ method: 'hashing-trick', backend: 'wasm', threads: 1, train: 4000 });
    const train = { ...hash.train, baseline: hash.train.rounds.map((speed) => speed / 0.9) };
    const [{ rows }] = throughputGroups([full, { ...hash, train }]);
    expect(rows[1].toFull!.train).toMatchObject({ value: expect.closeTo(0.9, 9) as number, count: 5 });
    expect(rows[1].toFull!.inference.value).toBeCloseTo(0.8, 1);
  });

  it('have no ratio to what was timed on another occasion', () => {
    const full = timedMethod({ method: 'full', backend: 'wasm', threads: 1, train: 5000 });
    const hash = timedMethod({ method: 'hashing-trick', backend: 'wasm', threads: 1, train: 5000 });
    const records = [
      { ...full, measurement: 'other' },
      hash,
      { ...timedPeer(9000, 1, 'eager'), measurement: 'other' },
    ];
    const [{ rows }] = throughputGroups(records);
    expect(rows[1]).toMatchObject({ toFull: undefined, toPeer: undefined, toLargest: undefined });
    expect(rows[0].toPeer).toBeDefined();
  });

  it('are of one model, even where the text of its options is that of another', () => {
    const timed = timedMethod({ method: 'full', backend: 'native', threads: 1, train: 5000 });
    const models = ['DCN', 'DCN V2'].map((model) => ({ ...timed, model, network: '3 cross, 256-256' }));
    const groups = throughputGroups([...models, { ...models[0], scale: 0.1 }]);
    expect(groups.map(({ setting, rows }) => [setting.model, setting.scale, rows.length])).toEqual([
      ['DCN', 0.1, 1],
      ['DCN', 1, 1],
      ['DCN V2', 1, 1],
    ]);
    const [smaller] = throughputGroups([{ ...models[0], scale: 0.1 }, models[1]]);
    expect(smaller.rows[0].toLargest).toBeUndefined();
  });

  it('of records that name no model are of DLRM', () => {
    const timed = timedMethod({ method: 'full', backend: 'native', threads: 1, train: 5000 });
    const old = { ...timed, model: undefined };
    expect(throughputGroups([old]).map(({ setting }) => setting.model)).toEqual(['DLRM']);
  });

  it('of smaller tables compare with the largest', () => {
    const scales = [1, 0.1].map((scale) =>
      timedMethod({ method: 'full', backend: 'wasm', threads: 1, train: 5000 / scale ** 0.1, scale }),
    );
    const groups = throughputGroups(scales);
    expect(groups.map(({ setting }) => setting.scale)).toEqual([0.1, 1]);
    expect(groups[0].rows[0].toLargest!.value).toBeCloseTo(1.26, 1);
    expect(groups[1].rows[0].toLargest).toBeUndefined();
  });
});

describe('headlines', () => {
  const found = headlines(throughputGroups(plausible)[0]);

  it('are one for each place, about the uncompressed table there', () => {
    expect(found.map(({ row }) => row.record.method)).toEqual(['full', 'full', 'full']);
    expect(found.map(({ place }) => `${place.backend} ${place.threads}`)).toEqual([
      'native 1',
      'native 2',
      'wasm 1',
    ]);
    for (const { others } of found) for (const other of others) expect(other.toFull).toBeDefined();
  });

  it('call a speed the same where the deviation of its ratio reaches 1', () => {
    for (const { row, asFast } of found) {
      const { value, error } = row.toPeer!.train;
      expect(asFast).toBe(Math.abs(value - 1) <= error!);
    }
    const same = timedMethod({ method: 'full', backend: 'wasm', threads: 1, train: 9000 });
    const [headline] = headlines(throughputGroups([same, timedPeer(9000, 1, 'eager')])[0]);
    expect(headline.asFast).toBe(true);
  });

  it('are not of software drivers', () => {
    const pretended = plausible.map((record) => ({ ...record, software: true }));
    expect(headlines(throughputGroups(pretended)[0])).toEqual([]);
  });
});

it('threads tell places apart on the CPU, not on a GPU', () => {
  const timed = [1, 2].map((threads) =>
    timedMethod({ method: 'full', backend: 'webgpu', threads, train: 5000 }),
  );
  const placesOf = (device: 'cpu' | 'gpu') =>
    byPlace(throughputGroups(timed.map((record) => ({ ...record, device })))[0].rows).length;
  expect([placesOf('cpu'), placesOf('gpu')]).toEqual([2, 1]);
});

describe('a profile', () => {
  const entries = [
    { name: 'MatMul', calls: 3, milliseconds: 6 },
    { name: 'Add', calls: 2, milliseconds: 2 },
    { name: 'Tiny', calls: 9, milliseconds: 0.01 },
  ];

  it('of the CPU adds up to the step, small kernels together', () => {
    const lines = profileLines({ steps: 10, milliseconds: 9, entries, rest: 0.99 });
    expect(lines.map(({ part }) => part)).toEqual([
      { kernel: 'MatMul' },
      { kernel: 'Add' },
      { smaller: 1 },
      'rest',
    ]);
    expect(lines.reduce((sum, { milliseconds }) => sum + milliseconds, 0)).toBeCloseTo(9, 9);
  });

  it('of a GPU says what bounds the step', () => {
    const profile = { steps: 10, milliseconds: 9, entries, rest: 1, asking: 3 };
    expect(stepBound(profile)).toMatchObject({ submission: 3, bound: 'card' });
    expect(stepBound({ ...profile, asking: 8.5 })!.bound).toBe('process');
    expect(stepBound({ ...profile, milliseconds: 20 })!.bound).toBe('neither');
    expect(stepBound({ ...profile, entries: [] })).toMatchObject({ kernels: undefined, bound: undefined });
    expect(stepBound({ ...profile, asking: undefined })).toBeUndefined();
  });
});
