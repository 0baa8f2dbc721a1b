import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { readRecording } from '../../../results/store.ts';
import { pythonForTests } from '../../python-for-tests.ts';
import { runHere } from '../run-here.ts';
import { root, scratch } from '../run-script.ts';

/** MLflow's own server, from its Python package: `EMBED_BENCH_PYTHON=/path/to/venv/bin/python`. */
function missing(): string | undefined {
  try {
    execFileSync(
      pythonForTests,
      ['-c', 'import importlib.util, sys; sys.exit(importlib.util.find_spec("mlflow") is None)'],
      { stdio: 'ignore' },
    );
    return undefined;
  } catch {
    return `${pythonForTests} has no mlflow`;
  }
}
const without = missing();

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function startServer(): Promise<string> {
  const folder = scratch();
  const port = await freePort();
  const stop = new AbortController();
  const server = execa(
    pythonForTests,
    [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...[
        '--backend-store-uri',
        `sqlite:///${join(folder, 'mlflow.db')}`,
        '--artifacts-destination',
        join(folder, 'artifacts'),
      ],
    ],
    { reject: false, cancelSignal: stop.signal, detached: true, stdio: 'ignore' },
  );
  // Its workers are processes of its own group.
  onTestFinished(async () => {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
    await server;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let second = 0; second < 240; second++) {
    const answer = await fetch(`${url}/health`, { headers: { connection: 'close' } }).catch(() => undefined);
    if (answer?.ok) return url;
    await setTimeout(1000);
  }
  throw new Error('the server did not start');
}

interface Found {
  runs: {
    info: { run_id: string; status: string };
    data: {
      metrics: { key: string; value: number }[];
      params: { key: string; value: string }[];
      tags: { key: string; value: string }[];
    };
  }[];
}

test.skipIf(without)(
  `a published sweep on MLflow's own server${without ? ` (skipped: ${without})` : ''}`,
  { timeout: 600_000 },
  async () => {
    const url = await startServer();
    const directory = join(root, 'recordings/2026-11-29-departures-criteo-sample');
    const { runs } = readRecording(directory);
    const first = await runHere('mlflow', [directory, '--url', url]);
    expect(first).toMatchObject({ stderr: '', exitCode: 0 });
    expect(first.stdout).toMatch(new RegExp(`^logged: ${runs.length + 1} runs, 0 were there`));
    expect(first.stdout).not.toContain('without the report');
    const again = await runHere('mlflow', [directory, '--url', url]);
    expect(again.stdout).toMatch(new RegExp(`^logged: 0 runs, ${runs.length + 1} were there`));

    const call = async (path: string, body?: object) =>
      (
        await fetch(`${url}/api/2.0/mlflow/${path}`, {
          headers: { 'content-type': 'application/json', connection: 'close' },
          ...(body && { method: 'POST', body: JSON.stringify(body) }),
        })
      ).json();
    const id = /experiments\/(\d+)/.exec(first.stdout)![1];
    const found = (await call('runs/search', { experiment_ids: [id], max_results: 1000 })) as Found;
    expect(found.runs).toHaveLength(runs.length + 1);
    for (const run of runs) {
      const own = found.runs.filter(({ data }) =>
        data.tags.some(({ key, value }) => key === 'embed-bench.run' && value === run.id),
      );
      expect(own).toHaveLength(1);
      if (run.status !== 'completed') continue;
      const [{ info, data }] = own;
      expect(info.status).toBe('FINISHED');
      expect(data.metrics.find(({ key }) => key === 'auc')?.value).toBe(run.quality.auc);
      expect(data.params.find(({ key }) => key === 'method')?.value).toBe(run.method);
      const history = (await call(`metrics/get-history?run_id=${info.run_id}&metric_key=training_loss`)) as {
        metrics: { step: number; value: number }[];
      };
      expect(history.metrics.map(({ step, value }) => ({ samples: Number(step), loss: value }))).toEqual(
        run.curve,
      );
    }
    const parent = found.runs.find(({ data }) =>
      data.tags.some(({ value }) => value.startsWith('recording ')),
    )!;
    const artifacts = (await call(`artifacts/list?run_id=${parent.info.run_id}`)) as {
      files?: { path: string }[];
    };
    expect(artifacts.files?.map(({ path }) => path)).toEqual(['report.html']);
  },
);
