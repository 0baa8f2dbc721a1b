import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, afterEach, expect, test } from 'vitest';
import { openStore } from '../../../results/store.ts';
import type { RunRecord } from '../../../results/record.ts';
import { completedRun, environment, failedRun, infeasibleRun } from '../../reports/recordings.ts';
import { runHere } from '../run-here.ts';
import { scratch } from '../run-script.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';

let server: FakeServer;
beforeEach(async () => (server = await fakeServer()));
afterEach(() => server.close());

const full = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 });
const compressed = completedRun({
  method: 'robe',
  ratio: 16,
  seed: 1,
  auc: 0.75,
  options: { chunk: 8, hot: 'none' },
});
const problem = 'killed by SIGKILL (out of memory?)';
const failed = failedRun({ method: 'robe', ratio: 4, seed: 1 }, problem);

function recordingOf(...runs: RunRecord[]): string {
  const directory = join(scratch(), 'sweep');
  const store = openStore(directory);
  store.writeEnvironment({ ...environment, note: 'why' });
  for (const run of runs) store.append(run);
  store.close();
  writeFileSync(join(directory, 'report.html'), '<html></html>');
  return directory;
}

function append(directory: string, run: RunRecord): void {
  const store = openStore(directory);
  store.append(run);
  store.close();
}

const log = (directory: string, ...more: string[]) =>
  runHere('mlflow', [directory, '--url', server.url, ...more]);
const active = () => server.runs.filter(({ deleted }) => !deleted);
const named = (id: string) => active().filter(({ tags }) => tags.get('embed-bench.run') === id);

test('a sweep is an experiment, with a run for each run below one for the recording', async () => {
  const { stdout, stderr, exitCode } = await log(
    recordingOf(full, compressed, infeasibleRun({ method: 'robe', ratio: 64, seed: 1 }), failed),
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toMatch(/^logged: 5 runs, 0 were there/);
  expect([...server.experiments.keys()]).toEqual([`embed-bench/${environment.recording}`]);
  const [parent] = named(`recording ${environment.recording}`);
  expect(Object.fromEntries(parent.tags)).toMatchObject({
    'embed-bench.command': environment.command,
    'embed-bench.note': 'why',
  });
  expect([...server.artifacts]).toEqual([
    [`1/${parent.id}/artifacts/report.html`, Buffer.from('<html></html>')],
  ]);
  const [run] = named(compressed.id);
  expect(run).toMatchObject({
    name: 'robe 16x seed 1',
    status: 'FINISHED',
    startTime: Date.parse(compressed.startedAt),
    endTime: Date.parse(compressed.startedAt) + 61_500,
  });
  expect(run.tags.get('mlflow.parentRunId')).toBe(parent.id);
  expect(Object.fromEntries(run.params)).toMatchObject({
    method: 'robe',
    seed: '1',
    'option.chunk': '8',
    'option.hot': 'none',
    requested_compression: '16',
  });
  const values = Object.fromEntries(run.metrics.map(({ key, value }) => [key, value]));
  expect(values).toMatchObject({ auc: compressed.quality.auc, serving_bytes: compressed.size.servingBytes });
  const curve = run.metrics.filter(({ key }) => key === 'training_loss');
  expect(curve.map(({ step, value }) => ({ samples: step, loss: value }))).toEqual(compressed.curve);
  expect(curve.map(({ timestamp }) => timestamp)).toEqual(
    curve.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b),
  );
  const [lost] = named(failed.id);
  expect({ status: lost.status, error: lost.tags.get('embed-bench.error') }).toEqual({
    status: 'FAILED',
    error: problem,
  });
  expect(lost.metrics).toEqual([]);
});

test('the same recording twice logs nothing twice; what is new or has changed is logged', async () => {
  const directory = recordingOf(full, failed);
  await log(directory);
  const before = server.calls.length;
  expect((await log(directory)).stdout).toMatch(/^logged: 0 runs, 3 were there/);
  expect(server.calls).toHaveLength(before);
  append(directory, completedRun({ method: 'robe', ratio: 4, seed: 1, auc: 0.755 }));
  append(directory, compressed);
  expect((await log(directory)).stdout).toMatch(/^logged: 2 runs \(1 of them anew\), 2 were there/);
  expect(active()).toHaveLength(4);
  expect(named(failed.id)).toMatchObject([{ status: 'FINISHED' }]);
});

test('a run that was logged in part is logged anew', async () => {
  const directory = recordingOf(full);
  server.failAt = 8;
  const broken = await log(directory);
  expect(broken).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^error: http.*: 500 out of order$/) as string,
  });
  expect(named(full.id)).toHaveLength(1);
  expect((await log(directory)).stdout).toMatch(/^logged: 1 run \(1 of them anew\), 1 were there/);
  expect(named(full.id)).toHaveLength(1);
  expect(named(full.id)[0].status).toBe('FINISHED');
});

test('a server that takes no artifacts has all but the report, and this is said', async () => {
  server.artifactRoot = 's3://bucket/1';
  const { stdout, exitCode } = await log(recordingOf(full));
  expect(exitCode).toBe(0);
  expect(stdout).toContain('without the report: the server keeps artifacts at s3:, and takes none itself');
  expect(active()).toHaveLength(2);
});

test('mistakes are one line', async () => {
  const directory = recordingOf(full);
  expect(await runHere('mlflow', [directory, '--url', 'here'])).toMatchObject({
    exitCode: 2,
    stderr: 'error: --url here: expected an address such as http://127.0.0.1:5000',
  });
  server.experiments.set('gone', { id: '1', stage: 'deleted' });
  expect((await log(directory, '--experiment', 'gone')).stderr).toBe(
    'error: the experiment gone is deleted on the server: restore it, or give another --experiment',
  );
  const page = createServer((_, response) => response.end('<html>another service</html>')).listen(
    0,
    '127.0.0.1',
  );
  await once(page, 'listening');
  const other = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
  expect(await runHere('mlflow', [directory, '--url', other])).toMatchObject({
    exitCode: 2,
    stderr: `error: ${other}: answers otherwise than an MLflow server; check --url`,
  });
  page.close();
  const { url } = server;
  await server.close();
  expect((await runHere('mlflow', [directory, '--url', url])).stderr).toBe(
    `error: ${url}: no server answers (ECONNREFUSED); check --url`,
  );
  server = await fakeServer();
});
