import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './processes.ts';

/** A Slurm cluster on this machine: a controller and two nodes of one processor each, with keys and ports of its own. */

const has = (program: string) =>
  ['/usr/sbin', '/usr/bin'].some((folder) => existsSync(join(folder, program)));

/** The reason why no cluster can be started here; undefined if one can. */
export const noSlurm = (): string | undefined => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root on Linux';
  const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch'].filter((program) => !has(program));
  return missing.length > 0 ? `${missing.join(', ')} is not installed` : undefined;
};

export interface Cluster {
  /** Environment of Slurm's commands. */
  readonly env: NodeJS.ProcessEnv;
  /** The same for a controller that is down: they ask for it a second, not nine. */
  readonly impatientEnv: NodeJS.ProcessEnv;
  startController(): void;
  stopController(): void;
  stop(): void;
}

export async function startCluster(maxArraySize: number): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'slurm-'));
  const munge = join(folder, 'munge');
  mkdirSync(munge, { mode: 0o700 });
  for (const name of ['controller', 'n1', 'n2', 'logs']) mkdirSync(join(folder, name));
  writeFileSync(join(munge, 'key'), randomBytes(1024), { mode: 0o400 });
  const place = (name: string) => join(munge, name);
  const host = hostname().split('.')[0];
  const port = 20_000 + 4 * Math.floor(Math.random() * 2500);
  const conf = [
    ...['ClusterName=test', `SlurmctldHost=${host}(127.0.0.1)`, 'SlurmUser=root', 'SlurmdUser=root'],
    ...['AuthType=auth/munge', `AuthInfo=socket=${place('socket')}`, 'CredType=cred/munge'],
    // Without control groups, which containers lack.
    ...['ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'MpiDefault=none'],
    ...['SelectType=select/cons_tres', 'SelectTypeParameters=CR_Core_Memory'],
    ...['JobAcctGatherType=jobacct_gather/none', 'AccountingStorageType=accounting_storage/none'],
    ...['ReturnToService=2', 'KillWait=5', 'MinJobAge=300', `MaxArraySize=${maxArraySize}`],
    'SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=200000,batch_sched_delay=0',
    ...[`StateSaveLocation=${folder}/controller`, `SlurmdSpoolDir=${folder}/%n`],
    ...[`SlurmctldPidFile=${folder}/controller.pid`, `SlurmdPidFile=${folder}/%n.pid`],
    ...[`SlurmctldLogFile=${folder}/logs/controller`, `SlurmdLogFile=${folder}/logs/%n`],
    `SlurmctldPort=${port}`,
    ...[1, 2].map(
      (i) =>
        `NodeName=n${i} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port + i} CPUs=1 RealMemory=2000 State=UNKNOWN`,
    ),
    'PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
    '',
  ];
  const envWith = (name: string, ...more: string[]) => {
    writeFileSync(join(folder, name), [...conf, ...more, ''].join('\n'));
    return { ...process.env, SLURM_CONF: join(folder, name) };
  };
  const env = envWith('slurm.conf');
  const call = (program: string, ...args: string[]) =>
    execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (file: string, signal: NodeJS.Signals) => {
    try {
      process.kill(Number(readFileSync(join(folder, file), 'utf8')), signal);
    } catch {
      // it has ended
    }
  };
  const cluster: Cluster = {
    env,
    impatientEnv: envWith('impatient.conf', 'MessageTimeout=2'),
    startController: () => void call('slurmctld'),
    stopController: () => end('controller.pid', 'SIGKILL'),
    stop() {
      for (const file of ['n1.pid', 'n2.pid', 'controller.pid', 'munge/pid']) end(file, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    call(
      ...(['munged', '--force', `--key-file=${place('key')}`, `--socket=${place('socket')}`] as const),
      ...[`--pid-file=${place('pid')}`, `--log-file=${place('log')}`, `--seed-file=${place('seed')}`],
    );
    cluster.startController();
    for (const node of ['n1', 'n2']) call('slurmd', '-N', node);
    await until(() => call('sinfo', '-h', '-N', '-o', '%T').trim() === 'idle\nidle', 15_000);
  } catch (error) {
    cluster.stop();
    throw error;
  }
  return cluster;
}
