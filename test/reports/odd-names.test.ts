import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../reports/report.ts';
import { markdownTable } from '../../reports/markdown-table.ts';
import { renderPicture } from '../../reports/picture.ts';
import { readRecording } from '../../results/store.ts';
import { comparisonLines } from '../../scripts/results/comparison-lines.ts';
import { writeSite } from '../../reports/site/write-site.ts';
import { temporaryDirectory } from '../datasets/sample-rows.ts';
import { completedRun, environment, failedRun, infeasibleRun } from './recordings.ts';

/** Names of members that every object has, or that set its prototype. */
const odd = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'length', '0', 'null'] as const; // prettier-ignore

/** An object with these as its own members, as JSON.parse makes it. */
const members = (names: readonly string[], value: unknown) =>
  JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join()}}`) as Record<string, unknown>; // prettier-ignore

/** A recording written as a line each, whose methods, options, choices, fields and data set have the names. */
function recordingOf(titled: readonly string[], data: string): string {
  const folder = join(temporaryDirectory(), '2026-11-28-odd');
  mkdirSync(folder);
  const baseline = [1, 2].map((seed) =>
    completedRun({ method: 'full', ratio: 1, seed, auc: 0.76 + seed / 1000 }),
  );
  const runs = odd.flatMap((name, i) =>
    [1, 2].flatMap((seed) => {
      const asked = { method: name, seed, options: members([name], 3) };
      const choices = { ...asked.options, perField: members(odd, 1) };
      const auc = 0.75 + seed / 900 + i / 1e4;
      const other = completedRun({ ...asked, ratio: 4, options: members([name], 4), auc: auc - 0.01 });
      return [
        ...[4, 16].map((ratio) => ({ ...completedRun({ ...asked, ratio, auc }), choices })),
        { ...other, id: `${i}-other-${seed}` },
        infeasibleRun({ ...asked, ratio: 64 }),
        failedRun({ ...asked, ratio: 256 }),
      ];
    }),
  );
  const facts = {
    ...environment.data.facts,
    ...members(odd, 5),
    cardinalities: members([...odd, 'C1'], 100),
  };
  const all = [...baseline, ...runs].map((run) => ({ ...run, dataset: { ...run.dataset, name: data } }));
  writeFileSync(join(folder, 'runs.jsonl'), all.map((run) => `${JSON.stringify(run)}\n`).join(''));
  const about = { title: 'An odd name', idea: 'odd', family: 'sharing', paper: { cite: 'A. Nobody', url: 'https://example.org' }, defaults: { a: 1 } }; // prettier-ignore
  const text = JSON.stringify({ ...environment, data: { ...environment.data, name: data, facts }, methods: members(titled, about) }); // prettier-ignore
  writeFileSync(join(folder, 'environment.json'), text);
  return folder;
}

describe('names from records are names, whatever objects call their members', () => {
  test.each([
    ['with titles, on', odd, 'constructor'],
    ['without, on', ['robe'], '__proto__'],
  ] as const)('%s', async (_, titled, data) => {
    const folder = recordingOf(titled, data);
    const recording = readRecording(folder);
    const page = await renderReport(recording);
    expect(page).not.toMatch(/native code|\[object Object\]/);
    expect(page.split('An odd name').length > odd.length).toBe(titled === odd);
    const texts = [page, markdownTable(recording)];
    for (const name of odd) for (const text of texts) expect(text).toContain(name);
    expect(comparisonLines(recording).join('\n')).toContain('__defineGetter__');
    expect(await renderPicture(recording)).toContain('valueOf');
    const site = join(temporaryDirectory(), 'site');
    expect(await writeSite(join(folder, '..'), site)).toMatchObject({ recordings: 1, leftOut: [] });
    expect(readdirSync(join(site, 'methods'))).toHaveLength(odd.length + 1);
  });
});

test('a recording that cannot be read or drawn costs the site that recording alone, and is named', async () => {
  const results = join(recordingOf(odd, 'planted'), '..');
  const bad = ['2026-11-01-broken', '2026-11-02-torn', '2026-11-03-mixed', '2026-11-04-empty'];
  for (const name of bad) cpSync(join(results, '2026-11-28-odd'), join(results, name), { recursive: true });
  const [broken, torn, mixed, empty] = bad.map((name) => join(results, name));
  const lines = readFileSync(join(broken, 'runs.jsonl'), 'utf8');
  writeFileSync(join(broken, 'runs.jsonl'), lines.replace('{', `{"${'x'.repeat(5000)}<script>`));
  writeFileSync(join(torn, 'environment.json'), '{');
  writeFileSync(join(mixed, 'runs.jsonl'), lines.replace('planted-3f9c2a71', 'other'));
  rmSync(join(empty, 'runs.jsonl'));
  mkdirSync(join(empty, 'runs.jsonl')); // a folder where a file is needed
  const out = join(temporaryDirectory(), 'site');
  const { recordings, leftOut } = await writeSite(results, out);
  expect(recordings).toBe(1);
  expect(leftOut.map(({ folder }) => folder)).toEqual(bad);
  expect(leftOut[0].problem).toMatch(/^2026-11-01-broken\/runs\.jsonl:1: not a run record/);
  const index = readFileSync(join(out, 'index.html'), 'utf8');
  for (const { folder, problem } of leftOut) {
    expect(problem.length).toBeLessThan(600);
    expect(problem).not.toContain(results);
    expect(index).toContain(folder);
  }
  expect(index).toContain('Left out');
  expect(index).not.toContain('x<script>');
  expect(readdirSync(join(out, 'recordings'))).toEqual(['2026-11-28-odd']);
  rmSync(join(results, '2026-11-28-odd'), { recursive: true });
  await expect(writeSite(results, out)).rejects.toThrow(
    /no published recording can be read: 2026-11-01-broken/,
  );
});
