import { projectRoot } from '../../base/project-root.ts';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type PreparedData, recordedFacts } from '../../datasets/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Environment, TrainingEnvironment } from '../../results/environment.ts';
import { findMethod } from '../find-method.ts';

const root = projectRoot;

/** The machine, the code and the command of a recording. It names files, never paths, because recordings are published. */
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
      facts: { ...recordedFacts(data) },
    },
  };
}

/** The code and the machine: the part that training and throughput share. */
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
    ...thisMachine(),
  };
}

/** The machine that this process runs on. */
export function thisMachine(): Pick<Environment, 'node' | 'platform' | 'cpu' | 'cpus' | 'memoryBytes'> {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** Titles and families of methods, for the report. */
export function describeMethods(names: readonly string[]): NonNullable<Environment['methods']> {
  const used = [...new Set(names)].map((name) => findMethod(name));
  return Object.fromEntries(
    used.map(({ name, title, idea, formula, family = 'hashing and sharing', paper, departures, options }) => [
      name,
      {
        ...{ title, idea, ...(formula !== undefined && { formula }), family, paper, departures },
        defaults: options.parse({}) as Record<string, unknown>,
      },
    ]),
  );
}

/** The commit of this project's folder, or of the folder that it was packed from (npm run pack); null without git. */
export async function describeCommit(): Promise<Pick<Environment, 'commit' | 'dirty'>> {
  const packed = join(root, 'packed.json');
  if (existsSync(packed))
    return JSON.parse(readFileSync(packed, 'utf8')) as Pick<Environment, 'commit' | 'dirty'>;
  const commit = await git('rev-parse', 'HEAD');
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  return { commit, dirty: changes === null ? null : changes !== '' };
}

/** The output of a git command in this project's folder; null without git or a repository. */
async function git(...args: string[]): Promise<string | null> {
  const { stdout, failed } = await execa('git', args, { cwd: root, reject: false });
  return failed ? null : stdout.trim();
}
