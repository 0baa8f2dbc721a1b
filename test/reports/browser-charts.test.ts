import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../reports/report.ts';
import { withFrequencies } from './charts/records.ts';
import { launch, noBrowser, seriousIn } from '../browser.ts';
import { catalogueRecording } from './recordings.ts';

/** Charts as a reader handles them: by mouse, by keys, by touch. */

const all = catalogueRecording();
const methods = [...new Set(all.runs.map(({ method }) => method))].slice(0, 15);
const recording = {
  ...all,
  runs: withFrequencies(
    all.runs.filter((run) => methods.includes(run.method) && run.compression.requested < 64 && run.seed < 3),
  ),
};

describe.skipIf(noBrowser)('charts in a browser', () => {
  const directory = mkdtempSync(join(tmpdir(), 'embed-bench-charts-'));
  const address = pathToFileURL(join(directory, 'report.html')).href;
  const complaints: string[] = [];
  const requests: string[] = [];
  let browser: Browser;
  let page: Page;
  let chart: Locator;

  async function open(options = {}): Promise<Page> {
    const opened = await (
      await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })
    ).newPage();
    opened.on('console', (message) => complaints.push(message.text()));
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('request', (request) => requests.push(request.url()));
    await opened.goto(address);
    return opened;
  }

  beforeAll(async () => {
    writeFileSync(join(directory, 'report.html'), await renderReport(recording));
    browser = await launch();
    page = await open();
    chart = page.locator('.figures .wide svg').first();
  }, 60_000);

  afterEach(async () => {
    await page.locator('.all button').first().click({ timeout: 50 }).catch(() => undefined); // prettier-ignore
    await chart.press('0');
    await page.mouse.move(0, 0);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true });
  });

  /** The source of a function of the chart's element: types of the browser are not those of the tests. */
  const ask = <T>(code: string) =>
    page.evaluate<T>(`(${code})(document.querySelector('.figures .wide svg'))`);
  /** Waits for two frames: the page learns of scrolling in the next one, and then hides what the pointer shows. */
  const scrollTo = async (place: Locator) => {
    await place.scrollIntoViewIfNeeded();
    await place
      .page()
      .evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  };
  const tip = () => page.locator('.tip');
  const legend = () => page.locator('.legend[aria-label=Legend]').first();

  it('say what a mark is on hovering over it, or near it', async () => {
    const mark = chart.locator('[data-words*=" at 16x"]').first();
    await scrollTo(mark);
    const box = (await mark.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2 + 6, box.y + box.height / 2);
    expect(await tip().isVisible()).toBe(true);
    expect(await tip().innerText()).toMatch(
      /at 16x\nTest AUC 0\.\d{4} ± 0\.\d{4}\nAUC against full −0\.\d{4} ± 0\.\d{4}\n2\.\d\d MB\n(on the Pareto front\n)?2 seeds/,
    );
    await page.mouse.move(2, 2);
    expect(await tip().isVisible()).toBe(false);
    expect(await chart.locator('title').count()).toBe(0);
  });

  it('are read by keys: one stop, arrows between marks, Escape', async () => {
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    const name = () => page.evaluate<string>('document.activeElement.getAttribute("aria-label")');
    const first = await name();
    expect(first).toMatch(/at \d+x, Test AUC/);
    expect((await tip().innerText()).split('\n')[0]).toBe(first.split(', ')[0]);
    await page.keyboard.press('ArrowDown');
    expect((await name()).split(' at ')[0]).not.toBe(first.split(' at ')[0]);
    expect(await page.locator('figure .wide svg [tabindex="0"]').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await tip().isVisible()).toBe(false);
    expect(await ask('(svg) => svg === document.activeElement')).toBe(true);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    expect(await ask('(svg) => svg.contains(document.activeElement)')).toBe(false);
  });

  it('show what the legend picks out, named, and all the rest faint', async () => {
    const strength = (place: string) =>
      ask<string>(`(svg) => getComputedStyle(svg.querySelector('[data-s="${place}"]')).opacity`);
    await legend().locator('summary').click();
    const muted = legend().locator('details button').first();
    const other = legend().locator('> li > button').nth(1);
    const [mutedPlace, otherPlace] = [await muted.getAttribute('data-s'), await other.getAttribute('data-s')];
    await muted.press('Enter');
    await page.mouse.move(2, 2);
    await chart.focus();
    expect(await muted.getAttribute('aria-pressed')).toBe('true');
    expect([await strength(mutedPlace!), await strength(otherPlace!)]).toEqual(['1', '0.12']);
    expect(await chart.locator('.line-name').allTextContents()).toEqual([
      (await muted.textContent())!.trim(),
    ]);
    // The other charts and legends follow.
    const learning = page.locator('figure', { hasText: 'Training loss at 4x' });
    expect(await learning.locator('.line-name').count()).toBe(1);
    expect(await page.locator(`.legend button[data-s="${mutedPlace}"][aria-pressed=true]`).count()).toBe(4);
    await other.click();
    expect(await chart.locator('.line-name').count()).toBe(2);
    await page.getByRole('button', { name: 'Show all' }).first().click();
    expect(await strength(otherPlace!)).toBe('1');
    expect(await chart.locator('.line-name').count()).toBe(0);
  });

  it('keep true axes where a part of them is enlarged', async () => {
    const ticks = () =>
      ask<[number, number][]>(`(svg) => [...svg.querySelectorAll('[data-part=y_label] text')].map((text) => {
        const { y, height } = text.getBoundingClientRect();
        return [Number(text.textContent.replace('−', '-')), y + height / 2];
      })`);
    const before = await ticks();
    await chart.press('+');
    await chart.press('+');
    await chart.press('Shift+ArrowUp');
    const after = await ticks();
    expect(after.map(([value]) => value)).not.toEqual(before.map(([value]) => value));
    const [[low, lowY], [high, highY]] = [after[0], after.at(-1)!];
    const marks = await ask<[string, number][]>(
      `(svg) => [...svg.querySelectorAll('[data-words]')].filter((mark) => mark.getClientRects().length > 0).map((mark) => {
        const { y, height } = mark.getBoundingClientRect();
        return [mark.dataset.words, y + height / 2];
      })`,
    );
    const circles = marks.filter(([words]) => words.includes('Test AUC'));
    expect(circles.length).toBeGreaterThan(3);
    const perPixel = (high - low) / (highY - lowY);
    for (const [words, y] of circles) {
      const auc = Number(/Test AUC (0\.\d+)/.exec(words)![1]);
      // A tolerance of two pixels: labels stand a little off, triangles have their middle elsewhere.
      expect(Math.abs(low + (y - lowY) * perPixel - auc)).toBeLessThan(2.5 * Math.abs(perPixel) + 6e-5);
    }
    await chart.press('0');
    expect(await ticks()).toEqual(before);
  });

  it('enlarge the rectangle that a mouse draws', async () => {
    await scrollTo(chart);
    const { x, y } = (await chart.boundingBox())!;
    await page.mouse.move(x + 100, y + 60);
    await page.mouse.down();
    await page.mouse.move(x + 220, y + 160, { steps: 3 });
    await page.mouse.up();
    const figure = page.locator('.figures figure').first();
    expect(await figure.locator('output').textContent()).toMatch(/^× \d/);
    await figure.getByRole('button', { name: /^Reset/ }).click();
    expect(await figure.locator('output').textContent()).toBe('');
  });

  it('are files: the specification and the drawing', async () => {
    const figure = page.locator('.figures figure').first();
    const fileOf = async (control: Locator) => {
      const [download] = await Promise.all([page.waitForEvent('download'), control.click()]);
      return [download.suggestedFilename(), readFileSync(await download.path(), 'utf8')];
    };
    const [name, spec] = await fileOf(figure.getByRole('link', { name: /^Vega-Lite/ }));
    expect(name).toBe('comparison-1-auc.vl.json');
    expect((JSON.parse(spec) as { $schema: string }).$schema).toContain('vega-lite');
    const [picture, svg] = await fileOf(figure.getByRole('button', { name: /^SVG/ }));
    expect(picture).toBe('comparison-1-auc.svg');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/var\(|data-|tabindex/);
    expect(svg).toMatch(/<title>[^<]* at 16x\nTest AUC/);
    const [records, csv] = await fileOf(page.getByRole('link', { name: /all runs as CSV/ }));
    expect(records).toBe('runs.csv');
    expect(csv).toMatch(/^id,method,options,/);
  });

  it('are touched on a phone', async () => {
    const phone = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const narrow = phone.locator('.figures .narrow svg').first();
    const mark = narrow.locator('[data-words]').last();
    await scrollTo(mark);
    const { x, y, width, height } = (await mark.boundingBox())!;
    await phone.touchscreen.tap(x + width / 2, y + height / 2);
    expect(await phone.locator('.tip').innerText()).toMatch(/ at \d+x\nTest AUC/);
    await phone.context().close();
  }, 60_000);

  it('have nothing that axe calls serious, picked, enlarged and in the dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await legend().locator('> li > button').nth(2).click();
      await chart.press('+');
      await page.keyboard.press('ArrowRight');
      expect(await seriousIn(page)).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }, 60_000);

  it('have their titles without scripts', async () => {
    const plain = await open({ javaScriptEnabled: false });
    expect(await plain.locator('figure .wide svg title').count()).toBeGreaterThan(50);
    expect(await plain.locator('.tools a[download$=".vl.json.gz"]').count()).toBe(
      await plain.locator('figure').count(),
    );
    await plain.context().close();
  });

  it('complain of nothing, and ask the network for nothing', () => {
    expect(complaints).toEqual([]);
    expect([...new Set(requests)].filter((url) => !/^(blob:|data:)/.test(url))).toEqual([address]);
  });
});
