import { expect, test } from 'vitest';
import { renderReport } from '../../reports/report.ts';
import { renderSite } from '../../reports/site/site.ts';
import { markOf } from '../../reports/site/verified-mark.ts';
import type { Recording } from '../../results/recording.ts';
import { completedRun, environment } from './recordings.ts';

const runs = [1, 2, 3].flatMap((seed) => [
  completedRun({ method: 'full', ratio: 1, seed, auc: 0.76 + seed / 1000 }),
  completedRun({ method: 'robe', ratio: 16, seed, auc: 0.75 + seed / 1000 }),
]);
const contribution = { kind: 'contribution', version: 1, runs: 6, scored: 6, planned: 6 } as const;
const again = (index: number, same = true) => ({
  ...{
    id: runs[index].id,
    machine: 'Example 9000',
    commit: null,
    at: '2026-12-01T00:00:00.000Z',
    sampleSeed: 3,
  },
  ...{ auc: runs[index].quality.auc, same },
});

test('runs that maintainers have run again are verified, and only those of a contribution are otherwise marked', () => {
  expect(markOf({ recording: { environment, runs } })).toBeUndefined();
  expect(markOf({ recording: { environment, runs, contribution } })?.text).toBe('not run again');
  const verified = [again(0), again(1, false)];
  expect(markOf({ recording: { environment, runs, contribution, verified } })).toEqual({
    text: 'verified',
    title: 'maintainers have run 2 runs of 6 again; 1 of them to the last bit the same',
  });
  expect(
    markOf({ recording: { environment, runs, contribution, verified: [again(0)] } }, [runs[1]])?.text,
  ).toBe('not run again');
});

test('the site marks recordings, and the methods whose runs were run again', async () => {
  const indexOf = async (recording: Recording) =>
    (await renderSite([{ folder: '2026-12-01-a', recording }], () => [])).pages.get('index.html')!;
  const row = (index: string, method: string) => new RegExp(`<tr data-method="${method}".*`).exec(index)![0];
  const own = await indexOf({ environment, runs });
  expect(own).not.toMatch(/<span class="badge" title="/);
  const index = await indexOf({ environment, runs, contribution, verified: [again(1)] });
  expect(row(index, 'robe')).toContain('>verified</span>');
  expect(row(index, 'full')).toContain('>not run again</span>');
  const item = /<li data-data.*2026-12-01-a.*/.exec(index)![0];
  expect(item).toContain(
    'title="maintainers have run 1 run of 6 again; all of them to the last bit the same">verified</span>',
  );
});

test('a note stands in the report, as text', async () => {
  const page = await renderReport({ environment: { ...environment, note: 'why <b>' }, runs });
  expect(page).toMatch(/<dt[^>]*>note<\/dt>\s*<dd[^>]*>why &lt;b&gt;<\/dd>|why &lt;b&gt;/);
  expect(page).not.toContain('why <b>');
});
