import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSite } from '../../reports/site/write-site.ts';
import type { RunRecord } from '../../results/record.ts';
import { openStore } from '../../results/store.ts';
import { launch, noBrowser, seriousIn } from '../browser.ts';
import { environment, plausibleRecording } from './recordings.ts';

/** The site as a reader has it: two data sets, one of them in two recordings. */

describe.skipIf(noBrowser)('the site in a browser', () => {
  const directory = mkdtempSync(join(tmpdir(), 'embed-bench-site-'));
  const complaints: string[] = [];
  let browser: Browser;

  function record(folder: string, name: string, change: (run: RunRecord) => RunRecord = (run) => run): void {
    const store = openStore(join(directory, 'recordings', folder));
    store.writeEnvironment({ ...environment, data: { ...environment.data, name } });
    for (const run of plausibleRecording().runs)
      store.append(change({ ...run, dataset: { ...run.dataset, name } }));
    store.close();
  }

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(join(directory, 'site', path)).href);
    return page;
  }

  beforeAll(async () => {
    record('2026-11-01-a', 'planted');
    record('2026-11-02-b', 'planted', (run) => ({ ...run, epochs: 2 }));
    // Without the best possible scores the clicks count as real: claims are tested on them.
    record('2026-11-03-c', 'criteo', (run) => (run.status === 'completed' ? { ...run, quality: { ...run.quality, bestPossible: undefined } } : run)); // prettier-ignore
    await writeSite(join(directory, 'recordings'), join(directory, 'site'));
    browser = await launch();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true });
  });

  const pages = ['index.html', 'claims.html', 'methods/mixed-dimension.html'];

  it.each(pages)(
    '%s fits a phone, light and dark, with nothing that axe calls serious',
    async (path) => {
      for (const options of [
        { viewport: { width: 390, height: 844 } },
        { viewport: { width: 320, height: 600 } },
        { colorScheme: 'dark' } as const,
      ]) {
        const page = await open(path, options);
        const [content, window] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]'); // prettier-ignore
        expect(content).toBeLessThanOrEqual(window);
        for (const folded of (await page.locator('main details > summary').all()).slice(0, 6))
          await folded.click();
        expect(await seriousIn(page)).toEqual([]);
        await page.context().close();
      }
    },
    60_000,
  );

  it('shows one row for each method until the reader asks for the others', async () => {
    const page = await open('index.html');
    const rows = page.locator('.board tr[data-method="robe"]');
    const shown = async () => await rows.filter({ visible: true }).count();
    for (const board of await page.locator('.board:not([open]) > summary').all()) await board.click();
    expect(await rows.count()).toBe(9);
    expect(await shown()).toBe(6); // three budgets of two data sets
    await page.getByLabel('Variants and further recordings').check();
    expect(await shown()).toBe(9);
    const plain = await open('index.html', { javaScriptEnabled: false });
    expect(await plain.locator('.board tr[data-further]:visible').count()).toBeGreaterThan(0);
  }, 30_000);

  it('opens with the choices, whose names are a fold away', async () => {
    const page = await open('index.html');
    const [first] = await page.locator('main > section').all();
    const fold = first.locator('.decisions details').first();
    expect(await fold.locator('a').first().isVisible()).toBe(false);
    await fold.locator('summary').click();
    expect(await fold.locator('a').first().isVisible()).toBe(true);
    expect(await first.locator('figure svg').count()).toBe(3);
  });

  it('complains of nothing', () => expect(complaints).toEqual([]));
});
