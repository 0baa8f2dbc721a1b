import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { throughputRecord } from '../../results/throughput-record.ts';
import { adapterForTests } from '../backends/webgpu/adapter-for-tests.ts';
import { runScript, scratch } from '../scripts/run-script.ts';

const adapter = await adapterForTests().catch(() => undefined);

test.skipIf(adapter === undefined)(
  'a dry run of a part: the card beside the CPU, profiled, recorded and reported',
  { timeout: 300_000 },
  async () => {
    const out = join(scratch(), 'card');
    const ran = await runScript('bench-gpu', ['--dry-run', '--no-peer', '--part', '3', '--out', out]);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout).toContain('measures nothing');
    expect(ran.stdout).toContain('all measured');
    expect(ran.stdout.split('\n').at(-1)).toBe(`report: ${join(out, 'report.html')}`);
    expect(existsSync(join(out, 'doctor.json'))).toBe(true);
    const records = readFileSync(join(out, 'throughput.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => throughputRecord.parse(JSON.parse(line)));
    const [card] = records.filter(({ device }) => device === 'gpu');
    if (card.kind !== 'method' || card.status !== 'completed') throw new Error(card.status);
    expect(card.backend).toBe('webgpu');
    expect(card.train.stepsPerSample).toBeGreaterThanOrEqual(4);
    expect(card.profile!.asking).toBeGreaterThan(0);
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html).toContain('On a GPU, a sample is a stream');
    if (adapter!.software) expect(html).toContain('measure nothing');
    expect(html).toContain('npm run bench:gpu -- --dry-run');
  },
);

test('without a card, or a part that there is, it says so', { timeout: 120_000 }, async () => {
  const out = join(scratch(), 'card');
  const ran = await runScript('bench-gpu', ['--no-peer', '--part', '9', '--out', out]);
  expect(ran).toMatchObject({ exitCode: 2 });
  expect(ran.stderr).toMatch(/no graphics card works here|--part 9: there are \d parts/);
});
