import { expect, test } from 'vitest';
import { throughputRecord } from '../../../results/throughput-record.ts';
import { hashOf } from '../../../suites/job.ts';
import type { Configuration } from '../../../suites/throughput/configurations.ts';
import type { Reference } from '../../../suites/throughput/references.ts';
import type { ThroughputResult } from '../../../suites/throughput/result.ts';
import { configurationRecords, referenceRecords } from '../../../suites/throughput/records.ts';

const configuration: Configuration = {
  ...{ method: 'mixed-dimension', options: {}, compression: 16, backend: 'wasm', threads: 1 },
  ...{ optimizer: 'sgd', scale: 0.001, dim: 4, model: 'dlrm', modelOptions: { bottom: [8, 4], top: [8] } },
};
const reference: Reference = {
  ...{ python: '/somewhere/python', version: '2.6.0', pythonVersion: '3.11.2', blas: 'MKL', mode: 'eager' },
  ...{
    device: 'cpu',
    precision: 'fp32',
    operationThreads: 1,
    blasThreads: 2,
    optimizer: 'sgd',
    scale: 0.001,
    dim: 4,
    model: 'dlrm',
    modelOptions: { bottom: [8, 4], top: [8] },
  },
};
const occasion = { recording: 'r', measurement: 'm', startedAt: '2026-11-23T05:00:00.000Z' };
const opened = { version: '4.22.0', device: 'cpu' } as const;
const size = { servingBytes: 20_000, tableBytes: 19_000 };

/** Two rounds of three steps: 10, 20, 40 ms and 50, 50, 5 ms. */
const rounds = [[10, 20, 40], [50, 50, 5]]; // prettier-ignore
const train = { stepsPerSample: 1, rounds };
const result: ThroughputResult = {
  status: 'completed',
  byBatch: new Map(
    [32, 64].map((batch) => [batch, { works: { train, inference: train, lookups: train, products: train } }]),
  ),
};

test('per second: the spread over all steps, the median of each round', () => {
  const records = configurationRecords(configuration, opened, size, result, [32, 64], occasion);
  expect(records.map((record) => throughputRecord.parse(record))).toEqual(records);
  const [first, second] = records;
  if (first.kind !== 'method' || first.status !== 'completed') throw new Error(first.status);
  // 3200, 1600, 800, 640, 640 and 6400 samples per second
  expect(first.train).toEqual({
    stepsPerSample: 1,
    ...{ median: 1200, mad: 560, count: 6, rounds: [1600, 640] },
  });
  expect(first.bound).toEqual(first.train);
  expect(first.lookups.rounds).toEqual([26 * 1600, 26 * 640]);
  expect(first).toMatchObject({ batchSize: 32, network: '8-4/8', ids: 33_798, size: { tableBytes: 19_000 } });
  expect(first.size.fullBytes).toBe(4 * 4 * 33_798);
  expect(first.compression).toEqual({ requested: 16, achieved: (4 * 4 * 33_798) / 20_000 });
  expect(second.id).not.toBe(first.id);
});

test('the speed of the baseline beside each round is in the same unit', () => {
  const works = { train: { ...train, baseline: [20, 5] }, inference: train, lookups: train };
  const timed: ThroughputResult = { status: 'completed', byBatch: new Map([[32, { works }]]) };
  const [record] = configurationRecords(configuration, opened, size, timed, [32], occasion);
  expect(throughputRecord.parse(record)).toEqual(record);
  expect(record).toMatchObject({ train: { rounds: [1600, 640], baseline: [1600, 6400] } });
  expect(record).not.toHaveProperty('inference.baseline');
});

test('ids are those from before there were other models', () => {
  const [ours] = configurationRecords(configuration, opened, size, result, [32], occasion);
  const [theirs] = referenceRecords(reference, result, [32], occasion);
  const before = (asked: Configuration | Reference) =>
    hashOf({ ...asked, ...asked.modelOptions, batchSize: 32, model: undefined, modelOptions: undefined });
  expect([ours.id, theirs.id]).toEqual([before(configuration), before(reference)]);
});

test('one record for each batch size whatever the end', () => {
  const failed = configurationRecords(
    configuration,
    opened,
    size,
    { status: 'failed', error: 'e' },
    [32, 64],
    occasion,
  );
  expect(failed).toMatchObject([{ status: 'failed', error: 'e' }, { status: 'failed' }]);
  const ending = { status: 'infeasible', error: 'too small', smallestBytes: 9 } as const;
  const infeasible = configurationRecords(configuration, opened, undefined, ending, [32], occasion);
  expect(infeasible).toMatchObject([{ status: 'infeasible', smallestBytes: 9 }]);
  for (const record of [...failed, ...infeasible]) expect(throughputRecord.parse(record)).toEqual(record);
  const [measured] = configurationRecords(configuration, opened, size, result, [32], occasion);
  expect(measured.id).toBe(failed[0].id);
});

test('on a GPU: the steps of a sample, the card, and no record of a size that there was no time for', () => {
  const stream = { stepsPerSample: 40, rounds };
  const works = { train: stream, inference: stream, lookups: stream, products: stream };
  const profile = { steps: 1, milliseconds: 2, entries: [], rest: 2, asking: 1 };
  const short: ThroughputResult = { status: 'completed', byBatch: new Map([[64, { works, profile }]]) };
  const gpu = { version: '4.22.0 a card', device: 'gpu', software: true } as const;
  const ours = configurationRecords(configuration, gpu, size, short, [32, 64], occasion);
  const theirs = referenceRecords(
    { ...reference, device: 'gpu', card: 'a card, CUDA 12' },
    short,
    [32, 64],
    occasion,
  );
  for (const records of [ours, theirs]) {
    expect(records).toMatchObject([
      { batchSize: 64, device: 'gpu', train: { stepsPerSample: 40, count: 6 } },
    ]);
    expect(throughputRecord.parse(records[0])).toEqual(records[0]);
  }
  expect(ours[0]).toMatchObject({ profile: { asking: 1 }, software: true });
  expect(theirs[0]).toMatchObject({ card: 'a card, CUDA 12', precision: 'fp32' });
});

test('records from before there were GPUs are of steps on the CPU', () => {
  const [record] = configurationRecords(configuration, opened, size, result, [32], occasion);
  const text = JSON.stringify(record).replace('"device":"cpu",', '').replaceAll('"stepsPerSample":1,', '');
  expect(text).not.toMatch(/device|stepsPerSample/);
  expect(throughputRecord.parse(JSON.parse(text))).toEqual(record);
});

test('a reference: threads are those it may use at most, and no path is told', () => {
  const [record] = referenceRecords(reference, result, [32], occasion);
  expect(throughputRecord.parse(record)).toEqual(record);
  expect(record).toMatchObject({ name: 'PyTorch', version: '2.6.0', python: '3.11.2', threads: 2 });
  expect(JSON.stringify(record)).not.toContain('somewhere');
  expect(referenceRecords({ ...reference, blasThreads: 1 }, result, [32], occasion)[0].id).not.toBe(
    record.id,
  );
});
