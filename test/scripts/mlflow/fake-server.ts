import { createServer, type IncomingMessage, type Server } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

interface Pair {
  key: string;
  value: string;
}
interface Metric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
}

export interface FakeRun {
  id: string;
  name: string;
  status: string;
  startTime: number;
  endTime?: number;
  deleted: boolean;
  tags: Map<string, string>;
  params: Map<string, string>;
  metrics: Metric[];
}

/** A small MLflow: the calls of its REST interface that are used, with its limits and its refusals. */
export interface FakeServer {
  readonly url: string;
  readonly experiments: Map<string, { id: string; stage: string }>;
  readonly runs: FakeRun[];
  readonly artifacts: Map<string, Buffer>;
  /** Calls that failed or changed something. */
  readonly calls: string[];
  /** The place of the artifacts of runs. */
  artifactRoot: string;
  /** Fails the call of this number from now, with 500; 0 for none. */
  failAt: number;
  close(): Promise<void>;
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Runs of one page of a search: small, so that pages are turned. */
const pageSize = 2;

export async function fakeServer(): Promise<FakeServer> {
  const server: Server = createServer((request, response) => {
    void answer(request)
      .then((found) => response.end(JSON.stringify(found)))
      .catch((error: unknown) => {
        response.statusCode = error instanceof Refused ? error.status : 500;
        response.end(JSON.stringify({ error_code: 'X', message: (error as Error).message }));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ experiments: new Map(), runs: [], artifacts: new Map(), calls: [] },
    ...{ artifactRoot: 'mlflow-artifacts:/1', failAt: 0 },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };

  async function answer(request: IncomingMessage): Promise<object> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { pathname, searchParams } = new URL(request.url!, fake.url);
    const call = pathname.replace('/api/2.0/mlflow/', '');
    if (!/search|get/.test(call)) {
      fake.calls.push(call);
      if (fake.failAt > 0 && --fake.failAt === 0) throw new Refused(500, 'out of order');
    }
    const artifact = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.*)$/.exec(pathname)?.[1];
    if (artifact !== undefined && request.method === 'PUT') {
      fake.artifacts.set(decodeURIComponent(artifact), body);
      return {};
    }
    const asked = body.length > 0 ? (JSON.parse(body.toString()) as Record<string, unknown>) : {};
    const named = (id: unknown) =>
      fake.runs.find((run) => run.id === id) ?? refuse(404, `no run ${String(id)}`);
    if (call === 'experiments/get-by-name') {
      const found =
        fake.experiments.get(searchParams.get('experiment_name')!) ?? refuse(404, 'no such experiment');
      return { experiment: { experiment_id: found.id, lifecycle_stage: found.stage } };
    }
    if (call === 'experiments/create') {
      fake.experiments.set(asked.name as string, { id: '1', stage: 'active' });
      return { experiment_id: '1' };
    }
    if (call === 'runs/search') {
      const active = fake.runs.filter(({ deleted }) => !deleted);
      const from = Number(asked.page_token ?? 0);
      const next = from + pageSize < active.length ? { next_page_token: String(from + pageSize) } : {};
      return { runs: active.slice(from, from + pageSize).map(described), ...next };
    }
    if (call === 'runs/create') {
      const tags = new Map((asked.tags as Pair[]).map(({ key, value }) => [key, value]));
      const { run_name: name, start_time: startTime } = asked as { run_name: string; start_time: number };
      const run = {
        ...{ id: randomUUID(), name, startTime, tags, status: 'RUNNING', deleted: false },
        params: new Map(),
        metrics: [],
      };
      fake.runs.push(run);
      return { run: described(run) };
    }
    const run = named(asked.run_id);
    if (call === 'runs/delete') run.deleted = true;
    else if (call === 'runs/update') Object.assign(run, { status: asked.status, endTime: asked.end_time });
    else if (call === 'runs/log-batch') logBatch(run, asked);
    else refuse(404, `no call ${call}`);
    return {};
  }

  function described(run: FakeRun) {
    return {
      info: {
        run_id: run.id,
        artifact_uri: `${fake.artifactRoot}/${run.id}/artifacts`,
        lifecycle_stage: 'active',
      },
      data: { tags: [...run.tags].map(([key, value]) => ({ key, value })) },
    };
  }
  return fake;
}

function logBatch(run: FakeRun, { metrics = [], params = [], tags = [] }: Record<string, unknown>): void {
  const [many, some, others] = [metrics as Metric[], params as Pair[], tags as Pair[]];
  if (many.length > 1000 || some.length > 100 || others.length > 100) refuse(400, 'too many entries');
  for (const { key, value } of [...some, ...others])
    if (!/^[\w. /:-]{1,250}$/.test(key) || typeof value !== 'string' || value.length > 5000)
      refuse(400, `bad entry ${key}`);
  for (const { key, value } of some) {
    if (value.length > 500) refuse(400, `param ${key} is too long`);
    if ((run.params.get(key) ?? value) !== value) refuse(400, `param ${key} has another value`);
    run.params.set(key, value);
  }
  for (const metric of many) {
    if (![metric.value, metric.timestamp, metric.step].every(Number.isFinite))
      refuse(400, `bad metric ${metric.key}`);
    if (!Number.isInteger(metric.timestamp) || !Number.isInteger(metric.step))
      refuse(400, `bad metric ${metric.key}`);
    run.metrics.push(metric);
  }
  for (const { key, value } of others) run.tags.set(key, value);
}

function refuse(status: number, message: string): never {
  throw new Refused(status, message);
}
