import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest';
import type { SweepState } from '../../analysis/progress/sweep.ts';
import { openStore } from '../../results/store.ts';
import { growingReport } from '../../scripts/watch/growing-report.ts';
import { watchPage } from '../../scripts/watch/watch-page.ts';
import { launch, noBrowser, seriousIn } from '../browser.ts';
import { completedRun, environment, failedRun } from '../reports/recordings.ts';
import { scratch } from './run-script.ts';

const hostile = `</script><img src=x onerror=alert(1)>"'\`{{title}}`;
const { name, protocol, fingerprint, rows } = environment.data;
const runs = [
  completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 }),
  completedRun({ method: 'robe', ratio: 4, seed: 1, auc: 0.75 }),
  failedRun({ method: hostile, ratio: 4, seed: 1 }, hostile),
];

/** A recording on disk, its page, and how far its sweep is. */
async function sweep() {
  const directory = join(scratch(), 'recording');
  const store = openStore(directory);
  store.writeEnvironment(environment);
  for (const run of runs) store.append(run);
  store.close();
  let state: SweepState = {
    ...{ dataset: { name, protocol, fingerprint, rows }, directory, seconds: 5, secondsLeft: 60 },
    ...{ fraction: 0.4, total: 7, earlier: 0 },
    running: [
      {
        ...{
          title: `lma ${hostile}`,
          method: 'lma',
          slot: 0,
          fraction: 0.2,
          samplesPerSecond: 5000,
          seconds: 3,
        },
        curve: [0.7, 0.6, 0.55].map((loss, i) => ({ samples: 1000 * (i + 1), loss })),
      },
    ],
    finished: runs.map((record) => ({ title: record.method, record })),
  };
  const page = await watchPage(0);
  onTestFinished(() => page.close('stopped'));
  page.show(directory, () => state);
  return { directory, page, change: (part: Partial<SweepState>) => void (state = { ...state, ...part }) };
}

const get = async (address: string) => {
  const response = await fetch(address);
  return { status: response.status, text: await response.text() };
};

describe('the watch page', () => {
  it('waits for the data, then serves itself and the report of the runs so far', async () => {
    const early = await watchPage(0);
    expect(await get(early.address)).toMatchObject({ status: 503, text: expect.stringContaining('preparing') as string }); // prettier-ignore
    await early.close('stopped');
    const { page } = await sweep();
    expect(await get(page.address)).toMatchObject({ status: 200, text: expect.stringContaining('3 of 7 runs are over') as string }); // prettier-ignore
    const { status, text } = await get(`${page.address}report.html`);
    expect(status).toBe(200);
    expect(text).toContain('<h1>Embedding compression on planted</h1>');
    for (const served of [text, (await get(page.address)).text]) expect(served).not.toMatch(/<img/i);
  });

  it('survives a report that cannot be made', async () => {
    const { directory, page } = await sweep();
    writeFileSync(join(directory, 'runs.jsonl'), 'no record\n');
    const { status, text } = await get(`${page.address}report.html`);
    expect(status).toBe(503);
    expect(text).toContain('runs.jsonl:1: not a run record');
    expect((await get(page.address)).status).toBe(200);
  });

  it('sends what changed, and how it ended; an open page keeps nobody alive', async () => {
    const { page, change } = await sweep();
    const response = await fetch(`${page.address}events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => {
      const { value = '' } = await reader.read();
      return JSON.parse(value.replace(/^data: /, '')) as { parts: Record<string, string>; ending?: string };
    };
    expect(Object.keys((await next()).parts)).toEqual([
      'over',
      'progress',
      'report',
      'running',
      'curves',
      'finished',
    ]);
    await next(); // a tick later: all once more, to whoever is new
    change({ seconds: 6 });
    expect(Object.keys((await next()).parts)).toEqual(['progress']);
    await page.close('over');
    const last = await next();
    expect(last.ending).toBe('over');
    expect(last.parts.report).toContain('The sweep is over.');
    expect((await reader.read()).done).toBe(true);
  });
});

describe('a growing report', () => {
  test('is made when asked for, where runs were added, and not too often', async () => {
    let [time, made] = [0, 0];
    const make = () => {
      time += 2000;
      return Promise.resolve(`report ${++made}`);
    };
    const report = growingReport('', make, () => time);
    const both = await Promise.all([report.latest(3), report.latest(3)]);
    expect(both).toEqual([{ html: 'report 1' }, { html: 'report 1' }]);
    time = 21_000; // it took 2 s: none before 22 s
    expect(await report.latest(4)).toEqual({ html: 'report 1' });
    time = 22_000;
    expect(await report.latest(4)).toEqual({ html: 'report 2' });
    time = 90_000;
    expect(await report.latest(4)).toEqual({ html: 'report 2' });
  });

  test('that breaks leaves the one before', async () => {
    let [time, fine] = [0, false];
    const make = () => (fine ? Promise.resolve('good') : Promise.reject(new Error('broke')));
    const report = growingReport('', make, () => time);
    expect(await report.latest(1)).toEqual({ problem: 'broke' });
    [time, fine] = [10_000, true];
    expect(await report.latest(2)).toEqual({ html: 'good' });
    [time, fine] = [20_000, false];
    expect(await report.latest(3)).toEqual({ html: 'good' });
  });
});

describe.skipIf(noBrowser)('the watch page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()), 60_000);
  afterAll(() => browser?.close());

  it(
    'keeps itself up to date, runs nothing of what it shows, and is fit for all readers',
    { timeout: 60_000 },
    async () => {
      const { page: served, change } = await sweep();
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => asked.push(new URL(request.url()).origin));
      page.on('dialog', (dialog) => void (complaints.push('a dialog'), dialog.dismiss()));
      await page.goto(served.address);
      await page.getByText('3 of 7 runs are over').waitFor();
      expect(await page.locator('#finished').getByText(hostile).count()).toBeGreaterThan(0);
      // The page puts new curves in place of those that were found just before.
      const curve = page.locator('#curves .narrow svg').first();
      await expect.poll(async () => (await curve.boundingBox())?.height).toBeGreaterThan(150);
      const [content, width] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]'); // prettier-ignore
      expect(content).toBeLessThanOrEqual(width);
      expect(await seriousIn(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await seriousIn(page)).toEqual([]);
      change({ total: 3, running: [] });
      await page.getByText('3 of 3 runs are over').waitFor({ timeout: 5000 });
      expect(await page.title()).toBe('3 of 3 runs are over · embed-bench');
      await served.close('over');
      await page.getByText('The sweep is over.').waitFor({ timeout: 5000 });
      expect(await page.locator('#lost').isVisible()).toBe(false);
      expect(complaints).toEqual([]);
      expect([...new Set(asked)]).toEqual([new URL(served.address).origin]);
    },
  );

  it('gives nothing to a page of another origin', { timeout: 60_000 }, async () => {
    const [{ page: served }, other] = [await sweep(), await sweep()];
    const page = await browser.newPage();
    // The page itself allows everything, so that only the server can refuse.
    await page.route(`${other.page.address}open`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<p>' }),
    );
    await page.goto(`${other.page.address}open`);
    const outcome = await page.evaluate(
      `fetch(${JSON.stringify(served.address)}, { mode: 'no-cors' }).then(({ type, status }) => type + status, () => 'refused')`,
    );
    expect(['refused', 'opaque0']).toContain(outcome);
    await page.setContent(`<iframe src="${served.address}"></iframe>`);
    await page.waitForTimeout(500);
    for (const frame of page.frames().slice(1)) expect(await frame.content()).not.toContain('runs are over');
  });
});
