import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { throughputRecord, type ThroughputRecord } from '../../results/throughput-record.ts';
import { childrenOf, isAlive, onLinux, until } from '../processes.ts';
import { runScript, scratch, startScript, tiny } from '../scripts/run-script.ts';

/** The throughput suite through the command line alone, on tables of a few ids. */

const small = ['--suite', 'throughput', '--backend', 'wasm', '--scale', '0.0001', '--no-peer', ...tiny];
const batches = ['--batch', '32,64'];

const records = (directory: string): ThroughputRecord[] =>
  readFileSync(join(directory, 'throughput.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => throughputRecord.parse(JSON.parse(line)));

test('measured, recorded, reported; again into the same recording', { timeout: 240_000 }, async () => {
  const out = join(scratch(), 'speeds');
  const args = [...small, ...batches, '--method', 'md,uniform', '--compression', '16', '--rounds', '1'];
  const first = await runScript('bench', [...args, '--profile', '--out', out]);
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.stdout.split('\n').slice(-2)).toEqual([
    `results: ${out}`,
    `report: ${join(out, 'report.html')}`,
  ]);
  expect(first.stdout).toMatch(/full +wasm, 1 thread +[\d,]+ ± [\d,]+ +\d+ %/);
  expect(first.stdout).toMatch(/mixed-dimension 16x, wasm, 1 thread, batch 32, .* ms a training step/);
  expect(first.stdout).toMatch(/rows: gather/);

  const written = records(out);
  const asked = written.map((record) => [record.kind === 'method' && record.method, record.batchSize]);
  const names = ['full', 'mixed-dimension', 'uniform'];
  expect(asked).toEqual(names.flatMap((name) => [32, 64].map((size) => [name, size])));
  for (const record of written) {
    expect(record).toMatchObject({ optimizer: 'sgd', dim: 4, scale: 0.0001, network: '16/16' });
    if (record.status !== 'completed' || record.kind !== 'method') continue;
    for (const rate of [record.train, record.inference, record.lookups, record.bound!]) {
      expect(rate.rounds).toHaveLength(1);
      expect(rate.count).toBeGreaterThanOrEqual(3);
      expect(rate.median).toBeGreaterThan(0);
    }
    expect(record.profile!.entries.map(({ name }) => name)).toContain('rows: update');
  }
  // 4 bytes x 4 x 1/16 leaves uniform no whole float per id.
  const ended = ['completed', 'completed', 'infeasible'];
  expect(written.map(({ status }) => status)).toEqual(ended.flatMap((status) => [status, status]));
  const html = readFileSync(join(out, 'report.html'), 'utf8');
  expect(html).toContain('Where a training step’s time goes');

  const again = await runScript('bench', [...args, '--out', out, '--json']);
  expect(again).toMatchObject({ exitCode: 0 });
  const printed = JSON.parse(again.stdout) as { recording: string; throughput: ThroughputRecord[] };
  expect(printed.recording).toBe(out);
  expect(printed.throughput.map(({ id }) => id)).toEqual(written.map(({ id }) => id));
  expect(records(out)).toHaveLength(2 * written.length);
  expect(await runScript('report', [out])).toMatchObject({ exitCode: 0 });
});

/** A measurement of many rounds, and the process of its configuration, at work. */
async function started(out: string) {
  const args = [...small, '--method', 'full', '--rounds', '1000', '--out', out];
  const bench = startScript('bench', args);
  let said = '';
  bench.stderr.on('data', (text) => (said += String(text)));
  await until(() => said.includes('round 1 of 1000'), 60_000);
  const child = childrenOf(bench.pid!).find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('suites/throughput/worker'),
  );
  return { bench, child: child! };
}

onLinux('SIGINT: code 130, nothing recorded, no process left', { timeout: 120_000 }, async () => {
  const out = join(scratch(), 'speeds');
  const { bench, child } = await started(out);
  bench.kill('SIGINT');
  const { exitCode, stdout, stderr } = await bench;
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(stderr.split('\n').at(-1)).toBe('stopped; nothing is recorded of a measurement that did not end');
  expect(isAlive(child)).toBe(false);
  expect(existsSync(join(out, 'lock'))).toBe(false);
  expect(records(out)).toEqual([]);
});

onLinux('SIGKILL of the bench: its configuration ends too', { timeout: 120_000 }, async () => {
  const { bench, child } = await started(join(scratch(), 'speeds'));
  bench.kill('SIGKILL');
  await bench;
  await until(() => !isAlive(child), 5000);
});

onLinux(
  'a configuration that is killed is one failure, and the code says so',
  { timeout: 120_000 },
  async () => {
    const out = join(scratch(), 'speeds');
    const bench = startScript('bench', [...small, '--method', 'md', '--rounds', '3', '--out', out]);
    let said = '';
    bench.stderr.on('data', (text) => (said += String(text)));
    await until(() => said.includes('round 1 of 3'), 60_000);
    const [first] = childrenOf(bench.pid!).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('suites/throughput/worker'),
    );
    process.kill(first, 'SIGKILL');
    expect(await bench).toMatchObject({ exitCode: 1 });
    const ended = records(out).map(({ status }) => status);
    expect(ended.sort()).toEqual(['completed', 'failed']);
  },
);
