import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { PreparedData } from '../datasets/index.ts';
import type { OpenBackend } from '../harness/contract/backend.ts';
import type { Environment, TrainingEnvironment } from '../results/record.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where and how a recording is made. File names of data, never paths: recordings are published. */
export async function describeEnvironment(
  recording: string,
  command: string,
  backend: OpenBackend,
  data: PreparedData,
): Promise<Omit<TrainingEnvironment, 'methods' | 'throughput'>> {
  return {
    ...(await describeMachine(recording, command)),
    backend: { name: backend.name, version: backend.version, threads: backend.threads },
    data: {
      name: data.name,
      protocol: data.protocol,
      fingerprint: data.fingerprint,
      rows: data.rows,
      facts: { ...data.facts },
    },
  };
}

/** What is the same whatever is measured: this code, and this machine. */
export async function describeMachine(
  recording: string,
  command: string,
): Promise<Omit<Environment, 'backend' | 'data' | 'methods' | 'throughput'>> {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string };
  const commit = await git('rev-parse', 'HEAD');
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  return {
    recording,
    command,
    createdAt: new Date().toISOString(),
    commit,
    dirty: changes === null ? null : changes !== '',
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** Output of a git command in this project's folder; null where there is no git or no repository. */
async function git(...args: string[]): Promise<string | null> {
  const { stdout, failed } = await execa('git', args, { cwd: root, reject: false });
  return failed ? null : stdout.trim();
}
