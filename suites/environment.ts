import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { PreparedData } from '../datasets/index.ts';
import type { OpenBackend } from '../harness/contract/backend.ts';
import type { Environment, TrainingEnvironment } from '../results/environment.ts';
import { findMethod } from './find-method.ts';

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
  return {
    recording,
    command,
    createdAt: new Date().toISOString(),
    ...(await describeCommit()),
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** What the report calls methods and says of them. */
export function describeMethods(names: readonly string[]): NonNullable<Environment['methods']> {
  const used = [...new Set(names)].map((name) => findMethod(name));
  return Object.fromEntries(
    used.map(({ name, title, idea, formula, family = 'hashing and sharing', paper, options }) => [
      name,
      {
        ...{ title, idea, ...(formula !== undefined && { formula }), family, paper },
        defaults: options.parse({}) as Record<string, unknown>,
      },
    ]),
  );
}

/** Of this project's folder, or of the one it was packed from (npm run pack); null where there is no git. */
export async function describeCommit(): Promise<Pick<Environment, 'commit' | 'dirty'>> {
  const packed = join(root, 'packed.json');
  if (existsSync(packed))
    return JSON.parse(readFileSync(packed, 'utf8')) as Pick<Environment, 'commit' | 'dirty'>;
  const commit = await git('rev-parse', 'HEAD');
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  return { commit, dirty: changes === null ? null : changes !== '' };
}

/** Output of a git command in this project's folder; null where there is no git or no repository. */
async function git(...args: string[]): Promise<string | null> {
  const { stdout, failed } = await execa('git', args, { cwd: root, reject: false });
  return failed ? null : stdout.trim();
}
