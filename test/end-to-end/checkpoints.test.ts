import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readRecording } from '../../results/store.ts';
import { comparableRecords } from '../campaign/sweep.ts';
import { childrenOf, isAlive, onLinux, until } from '../processes.ts';
import { runScript, scratch, startScript, tiny } from '../scripts/run-script.ts';

/** A run that is interrupted in the midst of an epoch goes on from there, and its record is that of a run that is not. */

const training = [
  ...['--seeds', '1', '--rows', '12000', '--learning-rate', '0.01', ...tiny],
  ...['--no-references', '--no-baseline', '--stage-cache', '0'],
];

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

/** Processor time of user code, in hundredths of a second, from /proc. */
const cpuSeconds = (pid: number) =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[11]) / 100;

function comparison(asked: readonly string[], minutes: number) {
  const folder = scratch();
  const argsOf = (name: string, minutes: number) => [
    ...[...asked, ...training, '--cache', join(folder, 'cache'), '--out', join(folder, name, 'out')],
    ...['--checkpoint-minutes', String(minutes)],
  ];
  const checkpoints = join(folder, 'interrupted', 'out', 'checkpoints');
  const files = () =>
    existsSync(checkpoints) ? readdirSync(checkpoints).filter((name) => !name.endsWith('.tmp')) : [];
  /** Changes with every checkpoint. */
  const written = () =>
    files()
      .map((name) => `${name} ${statSync(join(checkpoints, name), { throwIfNoEntry: false })?.mtimeMs}`)
      .join();
  return {
    ...{ checkpoints, files, written, args: argsOf('interrupted', minutes) },
    undisturbed: async () => {
      expect(await runScript('bench', argsOf('undisturbed', 0))).toMatchObject({ exitCode: 0 });
      return comparableRecords(join(folder, 'undisturbed'));
    },
    recorded: () => comparableRecords(join(folder, 'interrupted')),
    runs: () => readRecording(join(folder, 'interrupted', 'out')).runs,
  };
}

onLinux.each([
  ['cafe', ['--method', 'cafe', '--compression', '8', '--optimizer', 'adam', '--epochs', '12']],
  ['auto-dim', ['--method', 'auto-dim', '--compression', '2', '--average', '0.2', '--epochs', '12']],
])('%s, killed twice', { timeout: 240_000 }, async (_, asked) => {
  const { undisturbed, args, checkpoints, files, written, runs, recorded } = comparison(asked, 0.001);
  const expected = await undisturbed();
  for (let kill = 0; kill < 2; kill++) {
    const before = written();
    const bench = startScript('bench', args);
    await until(() => written() !== before, 60_000);
    const children = childrenOf(bench.pid!);
    process.kill(bench.pid!, 'SIGKILL');
    for (const child of children) if (isAlive(child)) process.kill(child, 'SIGKILL');
    await bench;
    expect(files()).not.toEqual([]);
    expect(runs()).toEqual([]);
  }
  expect(await runScript('bench', args)).toMatchObject({ exitCode: 0 });
  expect(recorded()).toEqual(expected);
  expect(runs()).toMatchObject([{ resumed: 2 }]);
  expect(existsSync(checkpoints)).toBe(false);
});

onLinux(
  'SIGTERM writes a checkpoint before its time; a damaged one is told, and the run begins anew',
  { timeout: 240_000 },
  async () => {
    const asked = ['--method', 'md', '--compression', '4', '--epochs', '60'];
    const { undisturbed, args, checkpoints, files, runs, recorded } = comparison(asked, 0.5);
    const expected = await undisturbed();
    const interrupt = async () => {
      const bench = startScript('bench', args);
      const worker = () => childrenOf(bench.pid!).find((pid) => commandOf(pid).includes('running/worker'));
      await until(() => worker() !== undefined && cpuSeconds(worker()!) > 3, 60_000); // the code is loaded
      bench.kill('SIGTERM');
      const { exitCode, stderr } = await bench;
      expect(exitCode).toBe(130);
      expect(files()).toHaveLength(1);
      return stderr;
    };
    expect(await interrupt()).not.toContain('checkpoint');
    const [file] = files().map((name) => join(checkpoints, name));
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
    expect(await interrupt()).toMatch(
      /mixed-dimension 4x seed 1: .*\.0\.step: the checkpoint is damaged and not used/,
    );
    expect(await runScript('bench', args)).toMatchObject({ exitCode: 0 });
    expect(recorded()).toEqual(expected);
    expect(runs()).toMatchObject([{ resumed: 1 }]);
  },
);
