import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import type { RunRecord } from '../../results/record.ts';
import { childrenOf, isAlive, onLinux, until } from '../processes.ts';
import { runScript, scratch, startScript, tiny } from '../scripts/run-script.ts';

/** A kill costs the run that it hits, and nothing else. */

/** Processor time of user code, in hundredths of a second, from /proc. */
const cpuSeconds = (pid: number) =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[11]) / 100;

function comparison(...more: string[]) {
  const folder = scratch();
  const out = join(folder, 'out');
  const args = [
    '--method',
    'md,hash',
    '--seeds',
    '1',
    '--compression',
    '4',
    '--rows',
    '300',
    '--no-references',
    ...tiny,
  ];
  return {
    out,
    lock: join(out, 'lock'),
    args: [...args, '--cache', join(folder, 'cache'), '--out', out, ...more],
  };
}

/** Starts it and waits until the process of the run is there. */
async function started(args: readonly string[], run: number, of = 3) {
  const bench = startScript('bench', args);
  let said = '';
  bench.stderr.on('data', (text) => (said += String(text)));
  let child: number | undefined;
  const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  await until(() => {
    if (!said.includes(`run ${run} of ${of}`)) return false;
    child = childrenOf(bench.pid!).find((pid) => commandOf(pid).includes('suites/running/worker'));
    return child !== undefined;
  }, 60_000);
  expect(commandOf(child!)).toContain('start/process.js'); // a run is from its command's bundle
  onTestFinished(() => {
    if (isAlive(child!)) process.kill(child!, 'SIGKILL'); // where the test failed
  });
  return { bench, child: child! };
}

const statuses = (out: string) =>
  readFileSync(join(out, 'runs.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RunRecord)
    .map(({ method, status }) => `${method} ${status}`);

onLinux(
  'a killed run is one failed record; the same command repeats it alone',
  { timeout: 240_000 },
  async () => {
    const { out, args } = comparison();
    const { bench, child } = await started(args, 2);
    process.kill(child, 'SIGKILL');
    const { exitCode, stdout } = await bench;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/; 1 failed\nresults: .*\nreport: .*report\.html$/);
    const before = ['full completed', 'mixed-dimension failed', 'hashing-trick completed'];
    expect(statuses(out)).toEqual(before);
    expect(await runScript('bench', args)).toMatchObject({ exitCode: 0 });
    expect(statuses(out)).toEqual([...before, 'mixed-dimension completed']);
  },
);

onLinux(
  'SIGINT: code 130, nothing recorded of the run it hit, the lock released',
  { timeout: 240_000 },
  async () => {
    const { out, lock, args } = comparison();
    const { bench, child } = await started(args, 2);
    bench.kill('SIGINT');
    const { exitCode, stdout, stderr } = await bench;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr.split('\n').at(-1)).toMatch(/^stopped; .* the same command resumes$/);
    await until(() => !isAlive(child), 1000);
    expect(existsSync(lock)).toBe(false);
    expect(statuses(out)).toEqual(['full completed']);
  },
);

onLinux('Ctrl-C reaches the run as well: it is no failure of the run', { timeout: 240_000 }, async () => {
  const { out, args } = comparison();
  const { bench, child } = await started(args, 2);
  process.kill(child, 'SIGINT'); // the worst order: the child is gone before the parent hears of it
  await setTimeout(50);
  bench.kill('SIGINT');
  expect(await bench).toMatchObject({ exitCode: 130 });
  expect(statuses(out)).toEqual(['full completed']);
});

onLinux('SIGKILL of the bench in mid-training: its run ends too', { timeout: 240_000 }, async () => {
  const { args } = comparison('--no-baseline', '--epochs', '2000'); // minutes
  args[1] = 'md';
  const { bench, child } = await started(args, 1, 1);
  await until(() => cpuSeconds(child) > 2, 60_000); // the code is loaded, the event loop no longer turns
  bench.kill('SIGKILL');
  await bench;
  await until(() => !isAlive(child), 3000);
});

onLinux(
  'after a SIGKILL the lock is taken over, and a torn line is harmless',
  { timeout: 240_000 },
  async () => {
    const { out, lock, args } = comparison();
    const { bench } = await started(args, 2);
    const second = await runScript('bench', args);
    expect(second).toMatchObject({ exitCode: 2, stdout: '' });
    expect(second.stderr).toMatch(/is writing this recording; wait for it, choose another --out/);
    bench.kill('SIGKILL');
    await bench;
    expect(existsSync(lock)).toBe(true);
    const before = statuses(out);
    appendFileSync(join(out, 'runs.jsonl'), '{"id":"torn');
    expect(await runScript('bench', args)).toMatchObject({ exitCode: 0 });
    const after = statuses(out);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toEqual(['full completed', 'mixed-dimension completed', 'hashing-trick completed']);
  },
);
