import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../analysis/recording.ts';
import { choose } from '../../analysis/decisions/choose.ts';
import { notWorse, rivalsThatAre } from '../../analysis/verdicts/ranking.ts';
import { renderReport } from '../../reports/report.ts';
import { readRecording } from '../../results/store.ts';
import { launch, noBrowser, seriousIn } from '../browser.ts';
import { catalogueRecording } from './recordings.ts';

/** The page as a reader has it. One browser for all tests; no browser is downloaded. */

/** Enough methods for an overview; of more, axe would take a minute. */
const shown = [
  ...['full', 'uniform', 'mixed-dimension', 'hashing-trick', 'quotient-remainder', 'lma', 'robe', 'memcom'],
  ...['deep-hash', 'tensor-train', 'cafe', 'pep', 'int8(full)', 'int8(mixed-dimension)', 'int8(robe)'],
];
const all = catalogueRecording();
const recording = {
  ...all,
  runs: all.runs.filter((run) => shown.includes(run.method) && run.compression.requested < 256),
};
const [{ rows, rankings: ranked }] = analyze(recording).comparisons;

describe.skipIf(noBrowser)('the report in a browser', () => {
  const directory = mkdtempSync(join(tmpdir(), 'embed-bench-browser-'));
  const [address, ofTwoSeeds] = ['report', 'two-seeds'].map((name) => pathToFileURL(join(directory, `${name}.html`)).href); // prettier-ignore
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];

  async function open(options: BrowserContextOptions = {}, at = address): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
    const opened = await context.newPage();
    opened.on('console', (message) => complaints.push(message.text()));
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('request', (request) => requests.push(request.url()));
    await opened.goto(at);
    return opened;
  }

  beforeAll(async () => {
    writeFileSync(join(directory, 'report.html'), await renderReport(recording));
    browser = await launch();
    page = await open();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true });
  });

  /** Texts of the rows that can be seen. */
  const visibleNames = async (table: string) => {
    const names = page.locator(`${table} tbody th[scope=row] .name`).filter({ visible: true });
    return (await names.allTextContents()).map((name) => name.trim());
  };

  it('draws its charts', async () => {
    // Quality and throughput, two each; speed at three budgets, in training and in inference.
    const charts = await page.locator('.figures .wide svg').all();
    expect(charts).toHaveLength(10);
    expect(await page.locator('.lanes .wide svg').count()).toBe(3);
    for (const chart of charts) expect((await chart.boundingBox())!.height).toBeGreaterThan(150);
  });

  it('sorts by a column, one way and the other', async () => {
    const heading = page.getByRole('columnheader', { name: '16x' }).first();
    await heading.getByRole('button').click();
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    const [best] = await visibleNames('.overview');
    expect(best).toBe(ranked[1].leader!.series.label);
    await heading.getByRole('button').press('Enter');
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    expect((await visibleNames('.overview'))[0]).not.toBe(best);
  });

  it('filters by words and by standing, and says how many are left', async () => {
    const form = page.locator('.filter').first();
    await form.getByRole('searchbox').fill('int8');
    expect((await visibleNames('.overview')).toSorted()).toEqual([
      'int8(full)',
      'int8(mixed-dimension)',
      'int8(robe)',
    ]);
    expect(await form.getByRole('status').textContent()).toBe('3 of 14 rows');
    await form.getByRole('searchbox').fill('');
    await form.getByRole('combobox').selectOption('failed');
    expect((await visibleNames('.overview')).toSorted()).toEqual(
      [
        ...new Set(rows.filter(({ status }) => status === 'failed').map(({ series }) => series.label)),
      ].toSorted(),
    );
    await form.getByRole('combobox').selectOption('');
    expect(await form.getByRole('status').textContent()).toBe('');
  });

  it('decides by the rule and the cost that the reader picks', async () => {
    const form = page.locator('form.rule');
    const sentences = () => page.locator('.claims .decision').allTextContents();
    const before = await sentences();
    await form.locator('[name=rule]').selectOption({ index: 4 });
    await form.locator('[name=cost]').selectOption('serving bytes');
    for (const [i, ranking] of ranked.entries()) {
      const { chosen } = choose(ranking, { kind: 'notRefuted' }, 'servingBytes');
      expect((await sentences())[i]).toContain(`Choose ${chosen!.series.label}: `);
    }
    await form.locator('[name=rule]').selectOption({ index: 0 });
    await form.locator('[name=cost]').selectOption('training time');
    expect(await sentences()).toEqual(before);
  });

  it('prints one figure alone, on a page of its size', async () => {
    await page.evaluate('window.print = () => undefined');
    await page.getByRole('button', { name: /^PDF of 16x/ }).click();
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator('.printing-one, .alone').count()).toBe(0);
  });

  it('tells what the reader’s bytes buy', async () => {
    const form = page.locator('.chooser');
    const answer = form.getByRole('status');
    await form.locator('[name=ratio]').fill('4');
    const { chosen } = choose(ranked[0], { kind: 'within', tolerance: 0.001 }, 'trainSeconds');
    const shown = chosen ?? ranked[0].leader!;
    const says = chosen === undefined ? 'Nothing shown; ahead is' : 'Choose';
    expect(await answer.textContent()).toContain(`${says} ${shown.series.label} (asked for 4x`);
    const names = notWorse(ranked[0]).filter((row) => row !== shown).map(({ series }) => series.label).join(', '); // prettier-ignore
    expect(await answer.textContent()).toContain(`Not shown to be worse: ${names}.`);
    expect(Number(await form.locator('[name=amount]').inputValue())).toBeCloseTo(8.44, 2);
    await form.locator('[name=amount]').fill('0.0001');
    expect(await answer.textContent()).toContain('No measured layer is so small');
    // The slider moves by keys.
    await form.getByRole('slider').press('End');
    expect(Number(await form.locator('[name=amount]').inputValue())).toBeGreaterThan(33.7);
    await form.getByRole('slider').press('ArrowLeft');
    expect(await form.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/MB, [\d.]+ times smaller/);
    expect(await answer.textContent()).toMatch(/^(Choose|Nothing shown; ahead is|The only one:) /);
  });

  it('sets two methods side by side, either way round', async () => {
    const form = page.locator('.pairs');
    const pick = async (first: string, second: string) => {
      await form.getByLabel('Compare').selectOption(first);
      await form.getByLabel('with').selectOption(second);
      const cells = await form.locator('tbody').locator('th, td').allTextContents();
      return [0, 1, 2].map((budget) => cells.slice(budget * 5, budget * 5 + 5));
    };
    const best = ranked[2].leader;
    const last = rivalsThatAre('worse', ranked[2]).at(-1)!.series.label;
    const there = (await pick(best!.series.label, last))[2];
    expect(there[0]).toBe('64x');
    expect(there[3]).toMatch(/^\+0\.\d{4} ± 0\.\d{4}$/);
    expect(there[4]).toBe(`${best!.series.label} is better`);
    const back = (await pick(last, best!.series.label))[2];
    expect(back[3]).toBe(there[3].replace('+', '−'));
    const [change] = rows.flatMap((row) =>
      row.status === 'completed' && row.requested === 4 && row.series.method === 'robe' ? [row.change!] : [],
    );
    const [atFour] = await pick('robe', 'full');
    expect(atFour[3]).toContain(Math.abs(change.value).toFixed(4));
  });

  it('says of two methods with two seeds that they give no verdict, as its decisions do', async () => {
    const kept = readRecording('recordings/2026-11-29-catalogue-criteo-sample'); // with the noise of its test rows
    const few = kept.runs.filter(({ seed, method }) => seed <= 2 && shown.includes(method));
    writeFileSync(fileURLToPath(ofTwoSeeds), await renderReport({ ...kept, runs: few }));
    const form = (await open({}, ofTwoSeeds)).locator('.pairs');
    await form.getByLabel('Compare').selectOption('robe');
    await form.getByLabel('with').selectOption('hashing-trick');
    const [, , highest] = await form.locator('tbody tr').all();
    const cells = await highest.locator('th, td').allTextContents();
    expect(cells[0]).toBe('64x');
    expect(cells[3]).toMatch(/^[+−]0\.\d{4} ± 0\.\d{4}$/);
    expect(cells[4]).toBe('fewer than three common seeds: no verdict');
  });

  it('fits a phone and the dark', async () => {
    for (const options of [
      { viewport: { width: 390, height: 844 } },
      { colorScheme: 'dark' } as const,
      { viewport: { width: 320, height: 600 } },
    ]) {
      const other = await open(options);
      const [content, window] = await other.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, innerWidth]',
      );
      expect(content).toBeLessThanOrEqual(window);
      if (options.colorScheme === 'dark') {
        expect(await other.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
          'rgb(20, 23, 28)',
        );
        expect(await seriousIn(other)).toEqual([]);
      }
      await other.context().close();
    }
  }, 60_000);

  it('has nothing that axe calls serious', async () => {
    for (const folded of await page.locator('details.everything > summary').all()) await folded.click();
    for (const folded of (await page.locator('details.card > summary').all()).slice(0, 4))
      await folded.click();
    expect(await seriousIn(page)).toEqual([]);
  }, 60_000);

  it('prints on eight pages with four methods', async () => {
    const published = readRecording(join(import.meta.dirname, '../../recordings/2026-11-23-criteo-sample'));
    const file = join(directory, 'four.html');
    writeFileSync(file, await renderReport(published));
    const context = await browser.newContext();
    const four = await context.newPage();
    await four.goto(pathToFileURL(file).href);
    const pdf = await four.pdf({ format: 'A4', printBackground: true });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)!;
    expect(pages.length).toBeLessThanOrEqual(8);
    await context.close();
  });

  it('can be read without scripts, and prints', async () => {
    const plain = await open({ javaScriptEnabled: false });
    expect(await plain.locator('form:visible').count()).toBe(0);
    await plain.getByText('The best method for every amount of memory').first().click();
    expect(await plain.locator('.explorer tbody tr:visible').count()).toBeGreaterThanOrEqual(4);
    // A link to a folded card opens it, and the browser alone does that.
    const card = plain.locator('#method-robe');
    expect(await card.isVisible()).toBe(false);
    await plain.locator('.overview').getByRole('link', { name: 'robe', exact: true }).click();
    await card.waitFor({ state: 'visible' });
    expect(await plain.locator('details.card[open]').count()).toBe(1);
    await plain.context().close();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('form:visible').count()).toBe(0);
    expect((await page.pdf({ preferCSSPageSize: true })).length).toBeGreaterThan(10_000);
    await page.emulateMedia({ media: 'screen' });
  }, 60_000);

  it('complains of nothing, and asks the network for nothing', () => {
    expect(complaints).toEqual([]);
    expect([...new Set(requests)]).toEqual([address, ofTwoSeeds]);
  });
});
