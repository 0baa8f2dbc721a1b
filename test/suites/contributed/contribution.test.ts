import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasets, openDataset } from '../../../datasets/index.ts';
import { scoresByFrequency } from '../../../harness/metrics/by-frequency.ts';
import { rarestIds } from '../../../harness/metrics/rarest-ids.ts';
import { scoresOf } from '../../../harness/metrics/scores.ts';
import type { CompletedRun } from '../../../results/record.ts';
import { readContribution } from '../../../results/contribution.ts';
import { readVerified } from '../../../results/verified.ts';
import { recordedSettings } from '../../../scripts/bench/recorded-settings.ts';
import { checkContribution, type Checked } from '../../../suites/contributed/check-contribution.ts';
import { keepRowNoise } from '../../../suites/running/keep-row-noise.ts';
import { layOut } from '../../../suites/contributed/lay-out.ts';
import { runHere } from '../../scripts/run-here.ts';
import { forgeries } from './forgeries.ts';
import { edit, editRun, environmentIn, forged, makeRecording, runsIn } from './made-recording.ts';

const place = mkdtempSync(join(tmpdir(), 'embed-bench-contributed-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const [out, forgeryPlace, cache] = ['out', 'forged', 'cache'].map((name) => join(place, name));
const checking = { settingsOf: recordedSettings({ cache }), rows: true };
const name = '2026-12-01-my-sweep';
let recording: string;
let accepted: Checked;

beforeAll(async () => {
  recording = await makeRecording(place);
  accepted = await layOut(recording, { out, name }, checking);
}, 600_000);

const check = (folder: string) => checkContribution(folder, checking);
const texts = ({ problems }: Checked) => problems.map(({ where, what }) => `${where}: ${what}`);

test('a recording is laid out, and accepted wherever it is checked', { timeout: 120_000 }, async () => {
  expect(texts(accepted)).toEqual([]);
  const { directory } = accepted;
  expect(directory).toBe(join(out, name));
  const runs = runsIn(directory);
  const completed = runs.filter(({ status }) => status === 'completed');
  expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['completed', 'infeasible']));
  expect(readdirSync(directory).sort()).toEqual([
    ...['contribution.json', 'environment.json', 'row-noise.jsonl', 'runs.jsonl', 'scores'],
  ]);
  expect(readContribution(directory)).toMatchObject({
    runs: runs.length,
    scored: completed.length,
    planned: runs.length,
  });
  expect(environmentIn(directory).note).toBe('a sweep of a test');
  const again = await check(directory);
  expect(texts(again)).toEqual([]);
  expect(again).toMatchObject({ notes: [], scored: completed.length, planned: runs.length });
});

test(
  'a folder is never written over, and one that is refused is not left behind',
  { timeout: 120_000 },
  async () => {
    await expect(layOut(recording, { out, name }, checking)).rejects.toThrow('is there already');
    await expect(layOut(recording, { out, name: 'Mine' }, checking)).rejects.toThrow(
      '--name Mine: give a day',
    );
    const dirty = await forged(recording, join(place, 'dirty'), (copy) =>
      edit(join(copy, 'environment.json'), (text) => text.replace('"dirty": false', '"dirty": true')),
    );
    const refused = await layOut(dirty, { out, name: '2026-12-02-dirty' }, checking);
    expect(texts(refused)).toEqual([expect.stringContaining('uncommitted changes') as string]);
    expect(readdirSync(out)).toEqual([name]);
    await layOut(dirty, { out: join(place, 'new', 'out'), name: '2026-12-02-dirty' }, checking);
    expect(readdirSync(place)).not.toContain('new');
  },
);

test('a recording from before lookups were counted by id is accepted', { timeout: 120_000 }, async () => {
  const older = await forged(accepted.directory, forgeryPlace, (folder) =>
    edit(join(folder, 'environment.json'), (text) => {
      const environment = JSON.parse(text) as { data: { facts: Record<string, unknown> } };
      expect(environment.data.facts.headShares).toMatchObject({ 16: expect.any(Number) as number });
      delete environment.data.facts.headShares;
      return JSON.stringify(environment);
    }),
  );
  expect(texts(await check(older))).toEqual([]);
});

describe('a folder is refused if', { timeout: 120_000 }, () => {
  test.each(forgeries)('%s', async (_, forge, reason) => {
    const copy = await forged(accepted.directory, forgeryPlace, forge);
    const found = texts(await check(copy));
    expect(
      found.some((text) => reason.test(text)),
      found.join('\n'),
    ).toBe(true);
  });
});

test('a forgery that fits everywhere is found by training the run again', { timeout: 300_000 }, async () => {
  const settings = await checking.settingsOf(environmentIn(accepted.directory));
  const data = await openDataset(
    datasets.find((one) => one.name === settings.dataset)!,
    settings.request,
  );
  const labels = data.labels('test');
  const copy = await forged(accepted.directory, forgeryPlace, (folder) => {
    editRun(folder, 'mixed-dimension', (run) => {
      const scores = new Float32Array(
        new Uint8Array(readFileSync(join(folder, 'scores', `${run.id}.f32`))).buffer,
      );
      const better = scores.map((p, row) => (labels[row] === 1 ? Math.min(1, p + 0.05) : p));
      writeFileSync(join(folder, 'scores', `${run.id}.f32`), better);
      const byFrequency = scoresByFrequency(better, labels, rarestIds(data, 'test'));
      return { ...run, quality: { ...run.quality, ...scoresOf(better, labels), byFrequency } };
    });
    keepRowNoise(folder);
  });
  data.close();
  expect(texts(await check(copy))).toEqual([]);
  const { length } = runsIn(copy);
  const { exitCode, stdout, stderr } = await runHere('contribute', [copy, '--check', '--rerun', String(length), '--sample-seed', '7', '--cache', cache]); // prettier-ignore
  expect(stderr).toMatch(/^refused: run \w+: run again, its AUC is 0\.\d+ and not 0\.\d+$/);
  expect(stdout).toContain('drawn with --sample-seed 7');
  expect(exitCode).toBe(1);
});

test('maintainers run a sample again and mark it', { timeout: 300_000 }, async () => {
  const copy = await forged(accepted.directory, forgeryPlace, () => {});
  const asked = [copy, '--check', '--rerun', '2', '--sample-seed', '11', '--cache', cache];
  const checked = await runHere('contribute', asked);
  expect(checked.stderr).toBe('');
  expect(checked.exitCode).toBe(0);
  expect(readVerified(copy)).toEqual([]);
  const marked = await runHere('contribute', [...asked, '--verified']);
  expect(marked.stdout).toContain(`verified: ${join(copy, 'verified.jsonl')}`);
  const verified = readVerified(copy);
  expect(verified).toHaveLength(2);
  // The same machine and code give the same bits.
  for (const { id, auc, same, sampleSeed } of verified) {
    const run = runsIn(copy).find((one) => one.id === id) as CompletedRun;
    expect({ auc, same, sampleSeed }).toEqual({ auc: run.quality.auc, same: true, sampleSeed: 11 });
  }
  appendFileSync(join(copy, 'runs.jsonl'), '{}\n');
  expect((await runHere('contribute', [copy, '--check'])).exitCode).toBe(1);
  const mistake = await runHere('contribute', [copy, '--verified']);
  expect(mistake).toMatchObject({
    exitCode: 2,
    stderr: 'error: --verified: it is for --check with --rerun; add both',
  });
});
