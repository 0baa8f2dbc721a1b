import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { deriveSeed } from '../../base/hash.ts';
import { atChosenRates } from '../../analysis/comparisons/chosen-rate.ts';
import { random, type Random } from '../../base/random.ts';
import { readRuns } from '../../results/store.ts';
import { childrenOf } from '../processes.ts';
import { noSlurm, startCluster } from '../slurm-here.ts';
import { between, oneIn, oneOf } from './choices.ts';
import { compare, kindly } from './kills.ts';
import type { Finding, Limits, Outcome, Part } from './part.ts';
import { comparableRecords, leftBehind, recordedLines, startVerb, sweepArguments } from './sweep.ts';

/**
 * Kills of array tasks on a real Slurm of two nodes: cancelled, put back into the queue, told of a time limit, or killed with or without the process of
 * their run, at any moment. What is missing is submitted again; in the end the merged recording is that of one machine, bit for bit.
 */
export const arrayTasks: Part = {
  name: 'tasks',
  unit: 'kills of array tasks',
  share: 5,
  hasCases: false,
  goal: 50,
  missing: noSlurm,
  run: killTasks,
};

// Rounds follow from results: a learning rate is chosen, then come the other seeds. Runs of pq begin with the training of full tables.
const sweep = ['--method', 'md,hash,pq', '--compression', '4,8', '--seeds', '3', '--rows', '4000', '--threads', '1', '--learning-rate', '0.01,0.03']; // prettier-ignore
const ways = ['scancel', 'requeue', 'SIGKILL', 'SIGKILL of the run', 'SIGTERM', 'SIGUSR2'] as const;
/** Submissions without a kill that may be needed in the end: runs that a kill held up are made one round after another. */
const lastSubmissions = 8;
const patience = 600_000;

interface Running {
  readonly id: string;
  readonly isTask: boolean;
}

async function killTasks({ seed, cases, until, folder }: Limits): Promise<Outcome> {
  const stream = random(deriveSeed(seed, 'tasks', 0));
  const findings: Finding[] = [];
  const [whole, parts] = ['whole', 'plan'].map((name) => join(folder, name));
  const local = join(folder, 'local');
  for (const one of [whole, parts, local]) mkdirSync(one, { recursive: true });
  const end = await startVerb('bench', sweepArguments(whole, [...sweep, '--stage-cache', '0'])).ended;
  if (end.code !== 0) throw new Error(`the undisturbed sweep failed: ${end.said}`);
  const cluster = await startCluster(7);
  Object.assign(process.env, { SLURM_CONF: cluster.env.SLURM_CONF });
  try {
    const plan = join(parts, 'out');
    const [, , , , ...settings] = sweepArguments(parts, sweep);
    const planned = await startVerb('bench', ['--cache', join(parts, 'cache'), '--plan', plan, ...settings]).ended; // prettier-ignore
    if (planned.code !== 0) throw new Error(`no plan: ${planned.said}`);
    const tally = new Map<string, number>();
    let [killed, submissions, calm] = [0, 0, 0];
    let before: string[] = [];
    while (calm < lastSubmissions) {
      const more = killed < cases && performance.now() < until;
      if (!more) calm++;
      const scratch = oneIn(stream, 2) ? ['--scratch', local] : [];
      const verb = submissions++ === 0 ? 'submit' : 'resubmit';
      const submitted = await startVerb(verb, [plan, '--bundle', String(oneOf(stream, [1, 2, 4])), ...scratch]).ended; // prettier-ignore
      if (submitted.code !== 0)
        findings.push({ kind: 'crashed', what: `${verb}: ${submitted.said.slice(-300)}` });
      const start = performance.now();
      for (let queue = queued(); queue.length > 0; queue = queued()) {
        await setTimeout(between(stream, 100, 2500));
        hasten();
        if (performance.now() - start > patience) {
          findings.push({ kind: 'hung', what: `the queue has ${queue.map(({ id }) => id).join(' ')}` });
          for (const { id } of queue) said('scancel', id);
        }
        if (!more || killed >= cases || performance.now() > until) continue;
        const way = killOne(stream, queued('RUNNING'));
        if (way === undefined) continue;
        killed++;
        tally.set(way, (tally.get(way) ?? 0) + 1);
      }
      const lines = recordedLines(parts);
      const lost = before.findIndex((line, i) => line !== lines[i]);
      if (lost >= 0) findings.push({ kind: 'lost', what: `record ${lost + 1} after submission ${submissions}` }); // prettier-ignore
      before = lines;
      const state = await startVerb('status', [plan]).ended;
      if (state.code === 0) break;
    }
    if (calm === lastSubmissions) findings.push({ kind: 'lost', what: 'runs are missing for good' });
    const [expected, found] = [comparableRecords(whole), comparableRecords(parts)];
    const further = [...found.keys()].filter((id) => !expected.has(id));
    const same = new Map([...found].filter(([id]) => expected.has(id)));
    findings.push(...compare(expected, same), ...otherScores(whole, parts), ...otherChoices(whole, parts));
    const left = leftBehind(parts).filter((name) => !name.startsWith('out/shards/'));
    if (left.length > 0) findings.push({ kind: 'lost', what: `left behind: ${left.join(', ')}` });
    findings.push(...crashesIn(join(plan, 'slurm')));
    const how = [...tally].map(([way, count]) => `${count} ${way}`).join(', ');
    const notes = [how, `${submissions} submissions until all of ${expected.size} runs were there`];
    // A trial whose process was killed is a failed run: the others of its method go on without it, as on one machine.
    if (further.length > 0)
      notes.push(`${further.length} further ones at rates that were chosen without a killed trial`);
    return { tried: killed, findings, notes };
  } finally {
    cluster.stop();
  }
}

const said = (program: string, ...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Jobs in the queue; merges are no tasks. */
function queued(state = 'PENDING,RUNNING,COMPLETING,CONFIGURING,SUSPENDED'): Running[] {
  return said('squeue', '--noheader', '--array', `--states=${state}`, '--format=%i')
    .split('\n')
    .filter(Boolean)
    .map((id) => ({ id, isTask: id.includes('_') }));
}

/** Shortens the two minutes that Slurm holds requeued tasks; see slurm.test.ts for the two seconds. */
function hasten(): void {
  for (const line of said('squeue', '--noheader', '--array', '--states=PENDING', '--format=%i %r %S').split(
    '\n',
  )) {
    const [id, reason, start] = line.split(' ');
    if (reason === 'BeginTime' && Date.parse(start) > Date.now() + 10_000)
      said('scontrol', 'update', `jobid=${id}`, 'StartTime=now+2');
  }
}

/** Kills one running task, now and then a merge. Returns how; undefined if none was running any more. */
function killOne(stream: Random, running: readonly Running[]): string | undefined {
  const some = running.filter(({ isTask }) => isTask || oneIn(stream, 4));
  if (some.length === 0) return undefined;
  const { id, isTask } = oneOf(stream, some);
  const way = oneOf(stream, ways);
  try {
    if (way === 'scancel') said('scancel', id);
    else if (way === 'requeue') said('scontrol', 'requeue', id);
    else if (way === 'SIGUSR2') said('scancel', '--batch', '--signal=USR2', id);
    else {
      const pid = processOf(id);
      if (pid === undefined) return undefined;
      const [target = pid] = way === 'SIGKILL of the run' ? childrenOf(pid) : [];
      kindly(() => process.kill(target, way === 'SIGTERM' ? 'SIGTERM' : 'SIGKILL'));
    }
  } catch {
    return undefined; // it has just ended
  }
  return isTask ? way : `${way} of a merge`;
}

/** The process of a job on its node, which is this machine. */
function processOf(id: string): number | undefined {
  const [array, task] = id.split('_');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!/^start\/verb\.js$|verb\.js\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))) continue;
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      const wanted =
        task === undefined
          ? [`SLURM_JOB_ID=${array}`]
          : [`SLURM_ARRAY_JOB_ID=${array}`, `SLURM_ARRAY_TASK_ID=${task}`];
      if (wanted.every((one) => environment.includes(one))) return Number(pid);
    } catch {
      // it has ended
    }
  }
  return undefined;
}

/** The runs at chosen learning rates, which reports show, have to be the same. */
function otherChoices(whole: string, parts: string): Finding[] {
  const [expected, found] = [whole, parts].map((one) =>
    atChosenRates(readRuns(join(one, 'out')))
      .runs.map(({ id }) => id)
      .sort()
      .join(' '),
  );
  return expected === found ? [] : [{ kind: 'accepted', what: 'other learning rates were chosen' }];
}

function otherScores(whole: string, parts: string): Finding[] {
  return readdirSync(join(whole, 'out/scores')).flatMap((name): Finding[] => {
    const [expected, found] = [whole, parts].map((one) => readOf(join(one, 'out/scores', name)));
    if (found === undefined) return [{ kind: 'lost', what: `scores ${name}` }];
    return found.equals(expected!) ? [] : [{ kind: 'accepted', what: `scores ${name} are others` }];
  });
}

function readOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Stack traces in logs of tasks and merges. */
const crashesIn = (folder: string): Finding[] =>
  readdirSync(folder).flatMap((name) => {
    const found = /^.*\n\s+at .*\.ts:\d+.*$/m.exec(readFileSync(join(folder, name), 'utf8'));
    return found === null ? [] : [{ kind: 'crashed', what: `${name}: ${found[0]}` }];
  });
