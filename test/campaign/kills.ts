import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { deriveSeed } from '../../base/hash.ts';
import { random, type Random } from '../../base/random.ts';
import { childrenOf, isAlive } from '../processes.ts';
import { below, between, oneIn, oneOf } from './choices.ts';
import type { Finding, Limits, Outcome, Part } from './part.ts';
import { comparableRecords, leftBehind, recordedLines, startVerb, sweepArguments } from './sweep.ts';

/**
 * Kills of real sweeps: of the parent, of the run's process or of the whole group, by SIGKILL or SIGTERM, at any moment. The
 * same command continues; in the end the records are those of a sweep that nobody disturbed, bit for bit.
 */
export const kills: Part = {
  name: 'kills',
  unit: 'kills',
  share: 5,
  hasCases: true,
  goal: 200,
  missing: () => (process.platform === 'linux' ? undefined : 'processes are found in /proc, on Linux'),
  run: killSweeps,
};

const sweeps: readonly (readonly string[])[] = [
  ['--method', 'md,hash', '--seeds', '2', '--compression', '4', '--rows', '300'],
  ['--method', 'md,qr', '--seeds', '1', '--compression', '4,8', '--rows', '20000', '--jobs', '2'],
  // All runs begin with the same training, which one of them makes and the others wait for.
  ['--method', 'pq,dedup', '--seeds', '1', '--compression', '4,8', '--rows', '6000', '--jobs', '2'],
  // Runs are long enough to be hit in the midst of their epochs, and go on from there.
  [
    ...['--method', 'cafe,pep', '--seeds', '1', '--compression', '4', '--rows', '20000', '--jobs', '2'],
    ...['--epochs', '6', '--checkpoint-minutes', '0.005'],
  ],
];

/** A sweep that is not killed any more ends within so many milliseconds. */
const patience = 240_000;
/** A clock that nobody waits for any more does not keep the campaign from ending. */
const outOfPatience = () => setTimeout(patience, undefined, { ref: false });
const killsOfASweep = 10;
const lanes = 2;

async function killSweeps(limits: Limits): Promise<Outcome> {
  const findings: Finding[] = [];
  let tried = 0;
  let whole = 0;
  const expected = await Promise.all(
    sweeps.map((sweep, i) => undisturbed(join(limits.folder, `whole-${i}`), sweep)),
  );
  let next = limits.first;
  const more = () => tried < limits.cases && performance.now() < limits.until;
  const lane = async () => {
    // The part kills at least once, whatever time the undisturbed sweeps have left, because without a kill it tests nothing.
    do {
      const index = next++;
      const stream = random(deriveSeed(limits.seed, 'kills', index));
      const which = below(stream, sweeps.length);
      const folder = join(limits.folder, `sweep-${index}`);
      const found = await killOne(stream, folder, sweeps[which], () => {
        tried++;
        return limits.alone || more();
      });
      const differences = found.length > 0 ? [] : compare(expected[which], comparableRecords(folder));
      if (found.length + differences.length === 0) whole++;
      findings.push(
        ...[...found, ...differences].map(({ kind, what }) => ({ kind, what: `case ${index}: ${what}` })),
      );
    } while (!limits.alone && more());
  };
  await Promise.all(Array.from({ length: limits.alone ? 1 : lanes }, lane));
  return { tried, findings, notes: [`${whole} sweeps ended as if nobody had disturbed them`] };
}

async function undisturbed(folder: string, sweep: readonly string[]): Promise<Map<string, string>> {
  mkdirSync(folder, { recursive: true });
  const { code, said } = await startVerb('bench', sweepArguments(folder, sweep)).ended;
  if (code !== 0) throw new Error(`the undisturbed sweep failed: ${said}`);
  return comparableRecords(folder);
}

/** Kills a sweep again and again, then lets it end. `another` counts a kill and says whether there may be one more. */
async function killOne(
  stream: Random,
  folder: string,
  sweep: readonly string[],
  another: () => boolean,
): Promise<Finding[]> {
  mkdirSync(folder, { recursive: true });
  const findings: Finding[] = [];
  let before: string[] = [];
  let more = true;
  const keeps = (after: string) => {
    const lines = recordedLines(folder);
    // A line is appended once: those before are the beginning of those after, whatever was killed.
    const lost = before.findIndex((line, i) => line !== lines[i]);
    if (lost >= 0) findings.push({ kind: 'lost', what: `record ${lost + 1} after ${after}` });
    before = lines;
  };
  for (let kill = 0; more && kill < killsOfASweep; kill++) {
    const { child, ended } = startVerb('bench', sweepArguments(folder, sweep));
    await setTimeout(between(stream, 50, oneIn(stream, 3) ? 1200 : 6000));
    if (child.exitCode !== null) break;
    const target = oneOf(stream, ['parent', 'run', 'group'] as const);
    const signal = oneOf(stream, ['SIGKILL', 'SIGKILL', 'SIGTERM'] as const);
    const what = `${signal} of the ${target}`;
    const children = childrenIfAny(child.pid!);
    if (target === 'run') {
      if (children.length > 0) kindly(() => process.kill(oneOf(stream, children), signal));
    } else kindly(() => process.kill(target === 'group' ? -child.pid! : child.pid!, signal));
    const end = await Promise.race([ended, outOfPatience()]);
    if (end === undefined) {
      findings.push({ kind: 'hung', what: `after ${what}` });
      kindly(() => process.kill(-child.pid!, 'SIGKILL'));
      return findings;
    }
    if (/\n\s+at .*\.ts:\d+/.test(end.said) && target !== 'run')
      findings.push({ kind: 'crashed', what: `${what}: ${end.said.slice(-300)}` });
    for (const pid of children)
      if (!(await dies(pid))) findings.push({ kind: 'hung', what: `a run outlives ${what}` });
    keeps(what);
    more = another();
  }
  const last = startVerb('bench', sweepArguments(folder, sweep));
  const end = await Promise.race([last.ended, outOfPatience()]);
  if (end === undefined) {
    kindly(() => process.kill(-last.child.pid!, 'SIGKILL'));
    return [...findings, { kind: 'hung', what: 'the last resumption' }];
  }
  if (end.code !== 0)
    findings.push({ kind: 'lost', what: `the last resumption ends in ${end.code}: ${end.said.slice(-300)}` });
  keeps('the last resumption');
  const left = leftBehind(folder);
  if (left.length > 0) findings.push({ kind: 'lost', what: `left behind: ${left.join(', ')}` });
  if (!existsSync(join(folder, 'out', 'report.html'))) findings.push({ kind: 'lost', what: 'no report' });
  else if (
    readFileSync(join(folder, 'out', 'report.html'), 'utf8')
      .trimEnd()
      .endsWith('</html>') === false
  )
    findings.push({ kind: 'lost', what: 'half a report' });
  return findings;
}

export function compare(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): Finding[] {
  const findings: Finding[] = [];
  for (const [id, record] of expected) {
    const other = found.get(id);
    if (other === undefined) findings.push({ kind: 'lost', what: `run ${id}` });
    else if (other !== record)
      findings.push({
        kind: 'accepted',
        what: `run ${id} has other numbers: ${firstDifference(record, other)}`,
      });
  }
  for (const id of found.keys())
    if (!expected.has(id)) findings.push({ kind: 'accepted', what: `run ${id} is new` });
  return findings;
}

function firstDifference(a: string, b: string): string {
  const at = [...a].findIndex((character, i) => character !== b[i]);
  return `${a.slice(Math.max(0, at - 40), at + 40)} / ${b.slice(Math.max(0, at - 40), at + 40)}`;
}

function childrenIfAny(pid: number): number[] {
  try {
    return childrenOf(pid);
  } catch {
    return []; // it has just ended
  }
}

async function dies(pid: number): Promise<boolean> {
  for (let waited = 0; waited < 10_000; waited += 100) {
    if (!isAlive(pid)) return true;
    await setTimeout(100);
  }
  return false;
}

/** A process may be gone by the time its signal is sent. */
export function kindly(kill: () => void): void {
  try {
    kill();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
