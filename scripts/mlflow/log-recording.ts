import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { Environment } from '../../results/environment.ts';
import { readRecording } from '../../results/store.ts';
import { digestOf, digestTag, entriesOf, idTag, type RunEntries } from './run-entries.ts';
import { type MlflowServer, Refusal } from './server.ts';

export interface Logged {
  readonly experiment: string;
  readonly experimentId: string;
  readonly added: number;
  /** Runs that were there in part, or with other contents, and were logged anew; among `added`. */
  readonly replaced: number;
  readonly known: number;
  /** Why the report is not beside them; undefined if it is. */
  readonly withoutReport?: string;
}

/** The most entries of a kind that one call takes. */
const most = { metrics: 900, others: 90 };

interface ServerRun {
  readonly info: { readonly run_id: string; readonly artifact_uri: string; readonly lifecycle_stage: string };
  readonly data: { readonly tags?: readonly { readonly key: string; readonly value: string }[] };
}

/**
 * Logs a recording as an experiment: a run for the recording itself, with its environment and its report, and below it a run for each
 * of its runs. What is there already, whole and with the same contents, is left alone: the same recording twice logs nothing twice.
 */
export async function logRecording(
  server: MlflowServer,
  directory: string,
  experiment?: string,
): Promise<Logged> {
  const { environment, runs } = readRecording(directory);
  if (runs.length === 0) throw new UserError(`${directory}: holds no training runs`);
  const name = experiment ?? `embed-bench/${environment.recording}`;
  const experimentId = await experimentOf(server, name);
  const known = await knownRuns(server, experimentId);
  const counts = { added: 0, replaced: 0, known: 0 };
  const logOnce = async (entries: RunEntries, parent?: string, file?: Uint8Array<ArrayBuffer>) => {
    const id = entries.tags.find(({ key }) => key === idTag)!.value;
    const digest = digestOf([entries, file && digestOf(Buffer.from(file).toString('base64'))]);
    const there = known.get(id) ?? [];
    const whole = there.find((run) => tagOf(run, digestTag) === digest);
    for (const other of there.filter((run) => run !== whole))
      await server.post('runs/delete', { run_id: other.info.run_id });
    if (whole !== undefined) {
      counts.known++;
      return { runId: whole.info.run_id };
    }
    counts.added++;
    if (there.length > 0) counts.replaced++;
    return log(server, experimentId, { entries, digest, parent, file });
  };
  const report = join(directory, 'report.html');
  const file = existsSync(report) ? new Uint8Array(readFileSync(report)) : undefined;
  const parent = await logOnce(recordingEntries(environment), undefined, file);
  for (const run of runs) await logOnce(entriesOf({ run, environment }), parent.runId);
  const withoutReport = file === undefined ? 'the recording has no report.html' : parent.withoutReport;
  return { experiment: name, experimentId, ...counts, ...(withoutReport && { withoutReport }) };
}

async function experimentOf(server: MlflowServer, name: string): Promise<string> {
  const found = await server
    .get('experiments/get-by-name', { experiment_name: name })
    .catch((error: unknown) => {
      if (error instanceof Refusal && error.status === 404) return undefined;
      throw error;
    });
  if (found === undefined) return (await server.post('experiments/create', { name })).experiment_id as string;
  const { experiment_id: id, lifecycle_stage: stage } = { ...(found.experiment as Record<string, string>) };
  if (id === undefined)
    throw new UserError(
      `the experiment ${name} has no id: the server at --url is no MLflow server; check --url`,
    );
  if (stage === 'deleted')
    throw new UserError(
      `the experiment ${name} is deleted on the server: restore it, or give another --experiment`,
    );
  return id;
}

/** The runs of an experiment by the ids that their tags name. */
async function knownRuns(server: MlflowServer, experimentId: string): Promise<Map<string, ServerRun[]>> {
  const known = new Map<string, ServerRun[]>();
  let token: unknown;
  do {
    const page = await server.post('runs/search', {
      ...{ experiment_ids: [experimentId], max_results: 1000, run_view_type: 'ACTIVE_ONLY' },
      ...(token !== undefined && { page_token: token }),
    });
    for (const run of (page.runs ?? []) as ServerRun[]) {
      const id = tagOf(run, idTag);
      if (id !== undefined) known.set(id, [...(known.get(id) ?? []), run]);
    }
    token = page.next_page_token || undefined;
  } while (token !== undefined);
  return known;
}

const tagOf = ({ data }: ServerRun, name: string) => data.tags?.find(({ key }) => key === name)?.value;

interface ToLog {
  readonly entries: RunEntries;
  readonly digest: string;
  readonly parent: string | undefined;
  readonly file: Uint8Array<ArrayBuffer> | undefined;
}

/** Logs one run. Its digest is the last thing that is written, so that a run without one is not whole. */
async function log(server: MlflowServer, experimentId: string, { entries, digest, parent, file }: ToLog) {
  const { name, startMs, endMs, status, params, metrics, tags } = entries;
  const created = await server.post('runs/create', {
    ...{ experiment_id: experimentId, run_name: name, start_time: startMs },
    tags: [...tags, ...(parent === undefined ? [] : [{ key: 'mlflow.parentRunId', value: parent }])],
  });
  const { info } = created.run as ServerRun;
  const runId = info.run_id;
  // One call for what fits: a server takes its time for each.
  const [parts, points] = [chunks(params, most.others), chunks(metrics, most.metrics)];
  for (let i = 0; i < Math.max(parts.length, points.length); i++)
    await server.post('runs/log-batch', { run_id: runId, params: parts[i] ?? [], metrics: points[i] ?? [] });
  const withoutReport = file && (await putReport(server, info.artifact_uri, file));
  await server.post('runs/update', { run_id: runId, status, end_time: endMs });
  await server.post('runs/log-batch', { run_id: runId, tags: [{ key: digestTag, value: digest }] });
  return { runId, ...(withoutReport && { withoutReport }) };
}

/** Why the report cannot be put; undefined once it is there. Servers that give artifacts away to another store take none. */
async function putReport(
  server: MlflowServer,
  uri: string,
  file: Uint8Array<ArrayBuffer>,
): Promise<string | undefined> {
  const path = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(uri)?.[1];
  if (path === undefined) return `the server keeps artifacts at ${uri.split(':')[0]}:, and takes none itself`;
  try {
    await server.putArtifact(`${path}/report.html`, file);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `the server refuses artifacts (${error.message})`;
  }
}

function recordingEntries(environment: Environment): RunEntries {
  const { recording, createdAt, command, commit, version, note, cpu, node, platform, backend, data } =
    environment;
  const at = Date.parse(createdAt);
  const told = {
    command,
    commit,
    version,
    note,
    cpu,
    node,
    platform,
    backend: backend?.name,
    data: data?.name,
    fingerprint: data?.fingerprint,
  };
  return {
    ...{ name: recording, startMs: at, endMs: at, status: 'FINISHED', params: [], metrics: [] },
    tags: [
      { key: idTag, value: `recording ${recording}` },
      ...Object.entries(told).flatMap(([key, value]) =>
        value === undefined || value === null
          ? []
          : [{ key: `embed-bench.${key}`, value: value.slice(0, 5000) }],
      ),
    ],
  };
}

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
