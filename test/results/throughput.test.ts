import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, openThroughputStore, readRecording } from '../../results/store.ts';
import { throughputRecord } from '../../results/throughput-record.ts';
import { completedRun, environment } from '../reports/recordings.ts';
import {
  plausibleThroughput,
  throughputRecording,
  timedMethod,
  timedPeer,
} from '../reports/throughput-recordings.ts';

const records = plausibleThroughput();
const speeds = throughputRecording(records).environment;

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'embed-bench-speeds-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function write(made = speeds, written = records): void {
  const store = openThroughputStore(directory, made);
  for (const record of written) store.append(record);
  store.close();
}

describe('a throughput record', () => {
  it('is every kind of ending, of ours and of peers', () => {
    for (const record of records) expect(throughputRecord.parse(record)).toEqual(record);
  });

  const ours = timedMethod({ method: 'full', backend: 'wasm', threads: 1, train: 5000 });
  const without = (key: string) => Object.fromEntries(Object.entries(ours).filter(([name]) => name !== key));
  it.each([
    ['without a speed of inference', without('inference')],
    ['without its rounds', { ...ours, train: { median: 1, mad: 0, count: 1 } }],
    ['failed for no reason', { ...ours, status: 'failed' }],
    ['of a speed that is no number', { ...ours, train: { ...ours.train, median: NaN } }],
    ['infeasible as a peer', { ...timedPeer(1, 1, 'eager'), status: 'infeasible', error: 'x' }],
    ['without its measurement', without('measurement')],
  ])('%s is none', (_, record) => {
    expect(throughputRecord.safeParse(record).success).toBe(false);
  });
});

it('may lack a bound: models without dense layers have none', () => {
  const { bound, ...record } = timedMethod({ method: 'full', backend: 'wasm', threads: 1, train: 5000 });
  expect(bound).toBeDefined();
  expect(throughputRecord.parse(record)).toEqual(record);
});

describe('a recording of throughput', () => {
  it('gives back what was written, without training runs', () => {
    write();
    expect(readRecording(directory)).toEqual({ environment: speeds, runs: [], throughput: records });
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  });

  it('measured again has the later records', () => {
    write();
    const later = records.map((record) => ({ ...record, measurement: 'm2' }));
    write(speeds, later);
    expect(readRecording(directory).throughput).toEqual(later);
  });

  it('of another CPU is refused', () => {
    write();
    expect(() => write({ ...speeds, cpu: 'other' })).toThrow(/CPU .*never mixed.*--out/);
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  });

  it('names file and line of what is no record; a torn end is harmless', () => {
    write();
    appendFileSync(join(directory, 'throughput.jsonl'), '{"kind":"meth');
    expect(readRecording(directory).throughput).toEqual(records);
    writeFileSync(join(directory, 'throughput.jsonl'), '{"kind":"method"}\n');
    expect(() => readRecording(directory)).toThrow(/throughput\.jsonl:1: not a throughput record/);
  });
});

describe('both halves in one recording', () => {
  const run = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 });
  const train = () => {
    const store = openStore(directory);
    store.writeEnvironment(environment);
    store.append(run);
    store.close();
  };

  it.each([
    ['training first', [train, write]],
    ['throughput first', [write, train]],
  ])('%s: each keeps what the other is made with', (_, steps) => {
    for (const step of steps) step();
    const both = readRecording(directory);
    expect(both).toMatchObject({ runs: [run], throughput: records });
    expect(both.environment).toEqual({ ...environment, throughput: speeds.throughput });
  });

  it('are of one CPU, in either order, whatever machines training was on', () => {
    write({ ...speeds, cpu: 'other' });
    expect(train).toThrow(/CPU/);
    rmSync(directory, { recursive: true });
    train();
    const store = openStore(directory);
    store.writeEnvironment({ ...environment, cpu: 'other' });
    store.close();
    expect(() => write({ ...speeds, cpu: 'other' })).toThrow(/CPU/);
    write();
    expect(readRecording(directory).throughput).toEqual(records);
    const again = openStore(directory);
    expect(() => again.writeEnvironment({ ...environment, cpu: 'other' })).toThrow(/CPU/);
    again.close();
  });
});
