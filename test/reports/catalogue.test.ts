import { describe, expect, it } from 'vitest';
import { qualityChart } from '../../reports/charts/quality.ts';
import { drawSvg } from '../../reports/charts/svg.ts';
import { renderPicture } from '../../reports/picture.ts';
import { renderReport } from '../../reports/report.ts';
import { analyze } from '../../analysis/recording.ts';
import { claimOf } from '../../reports/claim-text.ts';
import { styleOf } from '../../reports/series-style.ts';
import { seriesOf } from '../../analysis/summary/series.ts';
import { highlightedKeys } from '../../analysis/summary/highlighted.ts';
import { isCompleted } from '../../analysis/summary/rows.ts';
import { summarize } from '../../analysis/summary/summary.ts';
import { catalogueRecording, plausibleRecording } from './recordings.ts';

/** A recording of all methods: charts and claims that were made for eight must still be read. */

const recording = catalogueRecording();
const methods = new Set(recording.runs.map(({ method }) => method));
const html = await renderReport(recording);
const plain = summarize(recording.runs, seriesOf(recording.runs));
const named = highlightedKeys(plain)!;

describe('highlighted series', () => {
  it('are ten: the baseline, the best of every budget, the front', () => {
    expect(named.size).toBe(10);
    const best = [4, 16, 64, 256].map(
      (requested) => plain.find((row) => row.requested === requested)!.series.key,
    );
    for (const key of ['full {}', ...best]) expect(named).toContain(key);
  });

  it('are all where all can be told apart', () => {
    const { runs } = plausibleRecording();
    expect(highlightedKeys(summarize(runs, seriesOf(runs)))).toBeUndefined();
    expect([...seriesOf(runs).values()].some(({ muted }) => muted)).toBe(false);
  });

  it('alone have colours and shapes, each pair once', () => {
    const series = [...seriesOf(recording.runs, named).values()];
    const looks = series
      .filter(({ muted }) => !muted)
      .map(styleOf)
      .map(({ color, shape }) => `${color} ${shape}`);
    expect(new Set(looks).size).toBe(10);
    expect(new Set(series.filter(({ muted }) => muted).map((one) => styleOf(one).color))).toEqual(
      new Set(['var(--series-rest)']),
    );
  });
});

describe('claims of many methods', () => {
  const [{ rankings: ranked }] = analyze(recording).comparisons;

  it('are short, and leave nobody out', () => {
    for (const ranking of ranked) {
      const { lead, details } = claimOf(ranking);
      expect(`${lead} ${details}`.length).toBeLessThan(420);
      const { leader, rivals, missing, standings } = ranking;
      expect(1 + rivals.length + missing.length).toBe(methods.size - 1);
      expect(standings.size).toBe(1 + rivals.length);
      const aucs = [leader!, ...rivals].map(({ estimates }) => estimates.auc.value);
      expect(aucs).toEqual(aucs.toSorted((a, b) => b - a));
    }
    expect(claimOf(ranked[0]).lead).toBe('uniform is as good as the best');
  });
});

describe('the page of many methods', () => {
  it('is less than 2 MB', () => {
    expect(html.length).toBeLessThan(2e6);
  });

  // A quarter of the time on an idle machine of two virtual processors.
  it('takes less than 20 s for 3,000 runs, and is still less than 2 MB', { timeout: 60_000 }, async () => {
    const large = catalogueRecording(18);
    expect(large.runs.length).toBeGreaterThan(3000);
    const started = performance.now();
    const page = await renderReport(large);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(page.length).toBeLessThan(2e6);
  });

  it('has a row for every method, which says at every budget what it reaches, or why not', () => {
    const [, overview] = /<table class="summary overview"[^>]*>(.*?)<\/table>/s.exec(html)!;
    const rows = overview.split(/<tr\b/).slice(2);
    expect(rows).toHaveLength(methods.size - 1);
    expect(overview).toMatch(
      />4x<\/th>.*>16x<\/th>.*>64x<\/th>.*>256x<\/th>.*>Train time<\/th>.*>Inference<\/th>/,
    );
    for (const row of rows) expect(row.match(/<td /g)).toHaveLength(6);
    const row = (name: string) => rows.find((one) => one.includes(`>${name}</a>`))!;
    expect(row('memcom')).toContain('title="failed: killed by SIGKILL (out of memory?)">failed</td>');
    expect(row('auto-dim')).toMatch(
      /title="infeasible: needs at least 1\.20 MB: a row per id takes [^"]*">–<\/td>/,
    );
    // Green is for what is shown to be the best: at one of these budgets.
    expect(overview.match(/class="number (?:highest|best)"/g)).toHaveLength(4);
    for (const [, verdict] of overview.matchAll(
      /class="number best" title="test AUC 0\.\d{4}, the highest, (\w+)"/g,
    ))
      expect(verdict).toBe('best');
    expect(overview).not.toMatch(/class="number highest" title="[^"]*, best"/);
    expect(row('uniform')).toMatch(
      /<td class="number (?:highest|best)" title="test AUC 0\.\d{4}, the highest, \w+" data-sort="-0\.00/,
    );
    expect(row('uniform')).toContain('× 2.00');
  });

  it('keeps the table of all numbers, with what every stage of training took', () => {
    const rows = [...html.matchAll(/<th scope="row"><span class="name"[^>]*>/g)];
    expect(rows).toHaveLength(methods.size - 1 + 1 + 4 * (methods.size - 1));
    expect(html).toContain('search 40.5 s (391 steps), training 40.5 s (391 steps)');
    expect(html).toMatch(/<td class="number" data-sort="81">81\.0 s <small>× 2\.00<\/small><\/td>/);
  });

  it('names ten lines in a chart, and says how many others there are and where', async () => {
    const picture = await renderPicture(recording);
    const labels = plain
      .map(({ series }) => series.label)
      .filter((label) => picture.includes(`>${label}</text>`));
    expect(new Set(labels).size).toBe(9); // full is a rule across the chart
    expect(picture).toMatch(/>\d+ of the others are below<\/text>/);
    const muted = plain.filter((row) => isCompleted(row) && !named.has(row.series.key));
    const titles = muted.filter((row) => picture.includes(`<title>${row.series.label} at `));
    expect(titles.length / muted.length).toBeGreaterThan(0.8);
  });
});

describe('a chart with grey lines beyond both of its ends', () => {
  it('says how many are on either side', async () => {
    const muted = [
      ...new Set(plain.filter(({ series }) => !named.has(series.key)).map((row) => row.series.method)),
    ];
    const moved = recording.runs.map((run) => {
      if (run.status !== 'completed' || !muted.slice(0, 3).includes(run.method)) return run;
      const logloss = run.method === muted[0] ? 0.3 : 0.9;
      return { ...run, quality: { ...run.quality, logloss } };
    });
    const rows = summarize(moved, seriesOf(moved, named)).filter(isCompleted);
    const spec = qualityChart({ metric: 'logloss', rows, bestPossible: undefined }, 540);
    const svg = await drawSvg(spec, { name: 'x', label: '' });
    const notes = [...svg.matchAll(/(\d+) of the others are (above|below)/g)].map((match) => match[0]);
    expect(notes).toHaveLength(2);
  });
});
