import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { renderReport } from '../../reports/report.ts';
import { paperClaims } from '../../reports/claims/papers.ts';
import { methodPaths } from '../../reports/site/addresses.ts';
import { byData } from '../../analysis/leaderboards/same-data.ts';
import { headingsOf } from '../../reports/site/published.ts';
import { renderSite } from '../../reports/site/site.ts';
import { writeSite } from '../../reports/site/write-site.ts';
import type { TrainingEnvironment } from '../../results/environment.ts';
import type { RunRecord } from '../../results/record.ts';
import { openStore } from '../../results/store.ts';
import { completedRun, environment, failedRun, infeasibleRun } from './recordings.ts';

const pagesOf = async (...args: Parameters<typeof renderSite>) => (await renderSite(...args)).pages;

type Data = TrainingEnvironment['data'];

/** A recording of runs on some data, made on a day of 2026-11. */
function published(folder: string, runs: readonly RunRecord[], day = 1, data: Data = environment.data) {
  const { name, protocol, fingerprint, rows } = data;
  const createdAt = `2026-11-${String(day).padStart(2, '0')}T04:00:00.000Z`;
  return {
    folder,
    recording: {
      environment: { ...environment, createdAt, data },
      runs: runs.map((run) => ({ ...run, dataset: { name, protocol, fingerprint, rows } })),
    },
  };
}

const runsOf = (method: string, ratio: number, aucs: readonly number[]) =>
  aucs.map((auc, i) => completedRun({ method, ratio, seed: i + 1, auc }));
const full = runsOf('full', 1, [0.76, 0.761, 0.759]);
const first = published('2026-11-01-a', [
  ...full,
  ...runsOf('robe', 16, [0.75, 0.7511, 0.7489]),
  ...runsOf('uniform', 16, [0.74, 0.741, 0.739]),
  infeasibleRun({ method: 'uniform', ratio: 64, seed: 1 }),
]);
const second = published(
  '2026-11-02-b',
  [...runsOf('robe', 16, [0.753, 0.7541]), ...runsOf('robe', 64, [0.7])].map((run) => ({
    ...run,
    epochs: 2,
  })),
  2,
);

function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'embed-bench-site-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const unescaped = (text: string) =>
  text.replace(/&#x([0-9A-F]+);/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16))).replace(/&amp;/g, '&'); // prettier-ignore
const textOf = (page: string) =>
  page.replace(/<(style|script|title)\b.*?<\/\1>/gs, ' ').replace(/<[^>]*>/g, ' ').replace(/&nbsp;/g, ' ').replace(/\s+/g, ' '); // prettier-ignore
/** The parts of the index about one data set: its choices, and all its results. */
const sectionsOf = (index: string, heading: string) =>
  index.split('<section').filter((section) => textOf(`<${section}`).trim().startsWith(heading));

describe('a site', () => {
  it('ranks what was trained on the same data at one budget, and says who is ahead within a recording', async () => {
    const index = (await pagesOf([second, first], () => [])).get('index.html')!;
    const text = textOf(sectionsOf(index, 'planted, temporal split')[1]);
    expect(text).toMatch(
      /16x 3 results, highest 0\.7535, robe .*robe 0\.7535 .*robe best 0\.7500 ± \S+ −0\.0100/,
    );
    expect(text).toContain('2026-11-02-b up to 2 epochs');
    expect(text).toContain('2026-11-01-a 1 epoch');
    expect(text).toContain('Setting: dlrm, layers 512-256-64/512-256, dim 16');
    expect(text).toContain('Without a number: uniform (infeasible).');
  });

  it('opens with the choices of each data set, by the recording that compares most methods', async () => {
    const index = (await pagesOf([second, first], () => [])).get('index.html')!;
    const [text] = sectionsOf(index, 'planted, temporal split').map(textOf);
    expect(index.indexOf('class="decisions"')).toBeLessThan(index.indexOf('class="filters"'));
    expect(text).toMatch(
      /16x robe best 0\.7500 ± \S+ 0\.0000 1 of 2 robe 64x no number – – no verdicts By 2026-11-01-a/,
    );
    expect(text).toContain('made without a linear model');
    // Two recordings of one log are one data set: there is nothing to average over.
    expect(index).not.toContain('id="over"');
  });

  it('has one row for each method, and marks the others as further ones', async () => {
    const index = (await pagesOf([second, first], () => [])).get('index.html')!;
    const rows = [...index.matchAll(/<tr data-method="(\w+)"( data-further)?>(.*?)<\/tr>/g)];
    const at16 = rows.filter(([, method, , row]) => method === 'robe' && row.includes('0.75')).map(([, method, further, row]) => [method, further !== undefined, /2026-11-0\d-\w/.exec(row)![0]]); // prettier-ignore
    // The newer one has the higher AUC, and is not the one that compares most methods.
    expect(at16).toEqual([
      ['robe', true, '2026-11-02-b'],
      ['robe', false, '2026-11-01-a'],
    ]);
  });

  it('says of all data sets what is worse everywhere and the mean ranks, and never a mean of AUCs', async () => {
    const others = ['one', 'two'].map((name, i) =>
      published(`2026-11-1${i}-${name}`, first.recording.runs, 10 + i, {
        ...environment.data,
        name,
        fingerprint: name,
      }),
    );
    const overOf = async (some: typeof others) =>
      textOf((await pagesOf(some, () => [])).get('index.html')!.split('<section').find((part) => part.includes('id="over"'))!); // prettier-ignore
    const two = await overOf(others);
    expect(two).toContain('worse than the best at every budget of every data set: uniform .');
    expect(two).toMatch(/2 data sets give no interval.*robe 1\.0 0 uniform 2\.0 0/);
    const three = await overOf([...others, first]);
    expect(three).not.toContain('give no interval');
    expect(three).toMatch(/robe 1\.0 ± 0\.0 0 uniform 2\.0 ± 0\.0 0/);
    expect(three).not.toContain('0.7');
  });

  it('shows claims of papers on a page, and those about a method on its own', async () => {
    const pages = await pagesOf([first, second], () => []);
    const claims = pages.get('claims.html')!;
    expect(claims.match(/<li id="claim-/g)!.length).toBe(paperClaims.length);
    expect(textOf(claims)).toContain(`${paperClaims.length} not tested here`); // the clicks are generated
    expect(pages.get('index.html')).toContain('href="claims.html"');
    const robe = pages.get('methods/robe.html')!;
    expect(robe.match(/<li id="claim-robe/g)).toHaveLength(2);
    expect(textOf(robe)).toContain('data: planted, the paper&#x27;s is Criteo Terabyte');
    expect(pages.get('methods/uniform.html')).not.toContain('What papers claim');
  });

  it('describes a method, with its card in the newest report', async () => {
    const [idea, formula] = ['ids share blocks', 'E(i) = M[h(i)]'];
    const departures = [{ what: 'blocks stay inside', why: 'so does the code' }];
    const methods = { robe: { title: 'ROBE', idea, formula, departures, family: 'sharing', paper: { cite: 'A paper', url: 'https://a.org' } } }; // prettier-ignore
    const described = { ...first, recording: { ...first.recording, environment: { ...first.recording.environment, methods } } }; // prettier-ignore
    const pages = await pagesOf([described, second], () => []);
    const page = pages.get('methods/robe.html')!;
    expect(textOf(page)).toContain(
      'ids share blocks (sharing) E(i) &#x3D; M[h(i)] Departures from the paper blocks stay inside: so does the code Card',
    );
    const [, file, anchor] = /<a href="\.\.\/([^"]*)#([^"]*)">Card/.exec(page)!;
    expect(file).toContain('2026-11-02-b');
    expect(pages.get(file)).toContain(`id="${anchor}"`);
    expect(page).toMatch(/<details class="origin-of">.*Fingerprint/);
  });

  it('never mixes data or protocols', async () => {
    const other = { ...environment.data, fingerprint: 'planted-0' };
    const random = { ...environment.data, protocol: 'random' as const };
    const all = [
      first,
      published('2026-11-03-c', runsOf('robe', 16, [0.9, 0.91]), 3, other),
      published('2026-11-04-d', runsOf('robe', 16, [0.8, 0.81]), 4, random),
    ];
    expect(byData(all).map(({ published }) => published.map(({ folder }) => folder))).toEqual([
      ['2026-11-04-d'],
      ['2026-11-03-c'],
      ['2026-11-01-a'],
    ]);
    expect(headingsOf(byData(all))).toEqual([
      'planted, random split',
      'planted, temporal split, 800,000 rows to train on',
      'planted, temporal split, 800,000 rows to train on',
    ]);
    const pages = await pagesOf(all, () => []);
    const each = [['2026-11-04-d'], ['2026-11-03-c'], ['2026-11-01-a']];
    for (const [page, expected] of [
      [pages.get('index.html')!, [...each, ...each]], // choices, then all results
      [pages.get('methods/robe.html')!, each],
    ] as const) {
      const folders = page
        .split('<section')
        .filter((section) => section.includes('<table'))
        .map((section) => new Set(section.match(/2026-11-0\d-\w(?=<\/a>)/g)));
      expect(folders.map((names) => [...names])).toEqual(expected);
    }
  });

  it('begins with the rows that most recordings have, and names other ids', () => {
    const dataOf = (fingerprint: string, facts: object): Data => ({
      ...environment.data,
      fingerprint,
      facts: { ...environment.data.facts, ...facts },
    });
    const all = [
      published('2026-11-01-a', full, 1, dataOf('a', { order: 'hashed' })),
      published('2026-11-02-b', full, 2, dataOf('b', { minCount: 5 })),
      published('2026-11-03-c', full, 3, dataOf('c', {})),
      published('2026-11-04-d', full, 4, dataOf('c', {})),
    ];
    const { name, protocol } = environment.data;
    const ending = ['', ', hashed ids', ', ids that occur 5 times or more'];
    expect(headingsOf(byData(all))).toEqual(ending.map((text) => `${name}, ${protocol} split${text}`));
  });

  it('is left and found again: every report links the index, by a relative address; a report of its own links none', async () => {
    const pages = await pagesOf([first, second], () => []);
    const reports = [...pages].filter(([path]) => path.endsWith('/report.html'));
    expect(reports).toHaveLength(2);
    for (const [path, page] of reports) {
      const [, href] = /<p class="kicker"><a href="([^"]*)">embed-bench: all recordings<\/a>/.exec(page)!;
      expect(join(dirname(path), href)).toBe('index.html');
      expect(pages.get('index.html')).toContain(`href="${path}"`);
    }
    expect(await renderReport(first.recording)).toContain('<p class="kicker">embed-bench</p>');
    for (const [path, page] of pages)
      for (const [, href] of page.matchAll(/href="([^"]*)"/g)) expect(href, path).toMatch(/^(?!\/|file:)/);
  });

  it('ranks no speeds: those of two machines would meet', async () => {
    const elsewhere = { ...second, recording: { ...second.recording, environment: { ...second.recording.environment, cpu: 'Other 7' } } }; // prettier-ignore
    const pages = await pagesOf([first, elsewhere], () => []);
    for (const path of ['index.html', 'methods/robe.html']) expect(textOf(pages.get(path)!), path).not.toMatch(/samples\/s|\/s\b|rows per second/); // prettier-ignore
    const index = textOf(pages.get('index.html')!);
    expect(index).toContain('Other 7');
    expect(index).toContain('Speed No speed is ranked here');
  });

  it('shows a method over recordings of the same data, the oldest first', async () => {
    const page = (await pagesOf([second, first], () => [])).get('methods/robe.html')!;
    expect(textOf(page)).toMatch(
      /Recording 16x 64x Differs in 2026-11-01-a 2026-11-01, robe 0\.7500 ± \S+ 1 epoch 2026-11-02-b 2026-11-02, robe 0\.7535 ± \S+ 0\.7000 up to 2 epochs/,
    );
    expect(page).toContain('<a href="../recordings/2026-11-01-a/report.html">');
  });

  it('loads nothing, and runs one script that its policy names', async () => {
    for (const [path, page] of await pagesOf([first, second], () => [])) {
      expect(page, path).not.toMatch(
        /<(img|iframe|link|object|embed|base)\b|\bsrc\s*=|@import|\burl\((?!#)/i,
      );
      expect(page.match(/<script\b/g)).toHaveLength(1);
      expect(page).toMatch(/default-src 'none'.*script-src 'sha256-/);
    }
  });

  it('is the same bytes for the same recordings in whatever order', async () => {
    expect(await pagesOf([first, second], () => [])).toEqual(await pagesOf([second, first], () => []));
  });

  it('shows hostile text as text, and links only where it may', async () => {
    const hostile = `</script><img src=x onerror=alert(1)>"'\`{{title}}/../`;
    const run = { ...completedRun({ method: hostile, ratio: 4, seed: 1, options: { [hostile]: hostile }, auc: 0.7 }), model: hostile }; // prettier-ignore
    const one = published(
      '2026-11-05-"><img src=x>',
      [run, failedRun({ method: hostile, ratio: 16, seed: 1 })],
      5,
      {
        ...environment.data,
        name: hostile,
      },
    );
    const methods = { [hostile]: { title: hostile, paper: { cite: hostile, url: `javascript:alert(1)` } } };
    const recording = {
      ...one.recording,
      environment: { ...one.recording.environment, cpu: hostile, methods },
    };
    for (const [path, page] of await pagesOf([{ ...one, recording }], () => ['runs.jsonl'])) {
      expect(path.split('/')).not.toContain('..');
      expect(page, path).not.toMatch(/<img/i);
      expect(page.match(/<\/script/g)).toHaveLength(1);
      expect(page).not.toMatch(/href="?javascript/i);
    }
  });
});

describe('the path of a method', () => {
  it('is one that every file system takes, and no two are alike', () => {
    const paths = methodPaths(['int8(md)', 'int8-md', 'INT8(MD)', '../..', '"']);
    expect([...paths.values()].sort()).toEqual([
      'methods/int8-md-2.html',
      'methods/int8-md-3.html',
      'methods/int8-md.html',
      'methods/method-2.html',
      'methods/method.html',
    ]);
  });
});

describe('writing a site', () => {
  /** A folder of recordings, one of them not published. */
  function results(): string {
    const folder = join(scratch(), 'results');
    for (const { folder: name, recording } of [first, second, { ...first, folder: 'planted-1a2b3c' }]) {
      const store = openStore(join(folder, name));
      store.writeEnvironment(recording.environment);
      for (const run of recording.runs) store.append(run);
      store.close();
    }
    mkdirSync(join(folder, '2026-11-06-empty'));
    return folder;
  }

  it('gives pages whose links all lead to files, of dated recordings alone', async () => {
    const out = join(scratch(), 'deep/site');
    expect(await writeSite(results(), out)).toEqual({ recordings: 2, pages: 7, leftOut: [] });
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' });
    expect(files.some((file) => file.includes('1a2b3c') || file.includes('empty'))).toBe(false);
    let links = 0;
    for (const file of files.filter((name) => name.endsWith('.html'))) {
      const page = readFileSync(join(out, file), 'utf8');
      for (const [, href] of page.matchAll(/href="([^"]*)"/g)) {
        if (/^(https?|data):/.test(href)) continue;
        if (href.startsWith('#')) {
          expect(page, `${file}: ${href}`).toContain(` id="${href.slice(1)}"`);
          continue;
        }
        const target = join(out, dirname(file), decodeURIComponent(unescaped(href).replace(/#.*/, '')));
        expect(existsSync(target), `${file}: ${href}`).toBe(true);
        links++;
      }
    }
    expect(links).toBeGreaterThan(15);
    expect(files).toContain('recordings/2026-11-01-a/runs.jsonl');
    expect(readdirSync(dirname(out))).toEqual(['site']);
  });

  it('replaces an older site whole, and keeps it where no recording can be read', async () => {
    const [folder, out] = [results(), join(scratch(), 'site')];
    await writeSite(folder, out);
    writeFileSync(join(out, 'old.html'), '');
    await writeSite(folder, out);
    expect(readdirSync(out).sort()).toEqual(['claims.html', 'index.html', 'methods', 'recordings']);
    for (const { folder: bad } of [first, second])
      writeFileSync(join(folder, bad, 'runs.jsonl'), 'no record\n');
    await expect(writeSite(folder, out)).rejects.toThrow('runs.jsonl:1: not a run record');
    expect(readdirSync(dirname(out))).toEqual(['site']);
    expect(readdirSync(join(out, 'recordings'))).toHaveLength(2);
  });

  it('deletes no folder of another kind', async () => {
    const [folder, out] = [results(), scratch()];
    writeFileSync(join(out, 'thesis.txt'), '');
    await expect(writeSite(folder, out)).rejects.toThrow('holds something else than a site');
    await expect(writeSite(folder, join(out, 'thesis.txt'))).rejects.toThrow(
      'is a file; choose another --out',
    );
    expect(readdirSync(out)).toEqual(['thesis.txt']);
  });

  it('says what is published where there is nothing', async () => {
    const out = join(scratch(), 'site');
    await expect(writeSite(join(out, 'nowhere'), out)).rejects.toThrow(
      /nowhere: no published recordings; those are folders with a date, such as/,
    );
    expect(existsSync(out)).toBe(false);
  });
});
