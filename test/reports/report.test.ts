import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { renderReport, writeReport } from '../../reports/report.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { openStore } from '../../results/store.ts';
import { unpacked } from './unpacked.ts';
import { completedRun, environment, failedRun, infeasibleRun, plausibleRecording } from './recordings.ts';

const plausible = plausibleRecording();
const html = await renderReport(plausible);

/** Text between tags, spaces joined: what a reader sees. */
function textOf(page: string): string {
  return page
    .replace(/<title\/>/g, '')
    .replace(/<(style|script|title)\b.*?<\/\1>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/\s+/g, ' ');
}

/** A short recording, so that the snapshot can be read. */
function smallRecording(): Recording {
  const runs: RunRecord[] = [1, 2].flatMap((seed) => [
    completedRun({ method: 'full', ratio: 1, seed, auc: 0.76 + seed * 0.001 }),
    completedRun({ method: 'uniform', ratio: 4, seed, auc: 0.755 + seed * 0.001 }),
    infeasibleRun({ method: 'uniform', ratio: 64, seed }),
    failedRun({ method: 'robe', ratio: 4, seed }),
  ]);
  return { environment, runs };
}

describe('a report', () => {
  it('is as it was', async () => {
    await expect(unpacked(await renderReport(smallRecording()))).toMatchFileSnapshot(
      '__snapshots__/report.html',
    );
  });

  it('is the same bytes for the same records, in whatever order', async () => {
    expect(await renderReport(plausible)).toBe(html);
    expect(await renderReport({ ...plausible, runs: plausible.runs.toReversed() })).toBe(html);
  });

  it('stays small and loads nothing', () => {
    expect(html.length).toBeLessThan(450_000);
    expect(html).not.toMatch(/<(img|iframe|link|object|embed|base|audio|video|source|image|use)\b/i);
    expect(html).not.toMatch(/\bsrc\s*=|@import|@font-face|\burl\((?!#)/i);
    for (const [address] of html.matchAll(/https?:\/\/[^"\s<]*/g)) {
      expect(html).toContain(`<a href="${address}"`);
    }
    expect(html.match(/<script\b/g)).toHaveLength(1);
  });

  it('shows every method at every budget, infeasible and failed ones in place', () => {
    const rows = [...html.matchAll(/<tr( class="missing")?[^>]*>\s*<th scope="row"><span class="name"/g)];
    expect(rows).toHaveLength(1 + 7 * 3);
    expect(rows.filter((row) => row[1] !== undefined)).toHaveLength(2);
    const text = textOf(html);
    expect(text).toContain('tensor-train infeasible needs at least 1.20 MB');
    expect(text).toContain('deep-hash failed killed by SIGKILL (out of memory?)');
    expect(text).toContain('one row per field is more than the budget');
    expect(text).toContain('npm run bench -- --method all --compression 4,16,64 --seeds 3');
  });

  it('has ids that are unique, and refers to none that is missing', () => {
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const still = html.replace(/<script>.*<\/script>/s, '');
    for (const [, id] of still.matchAll(/(?:aria-labelledby="|href="#|url\(#)([^")]*)/g))
      expect(ids).toContain(id);
  });

  it('gives the records and the table back as files', () => {
    const file = (name: string) => {
      const link = new RegExp(`download="${name}.gz" href="data:application/gzip;base64,([^"]*)"`);
      const [, packed] = link.exec(html)!;
      return gunzipSync(Buffer.from(packed.replace(/&#x3D;/g, '='), 'base64')).toString();
    };
    const records = file('runs.jsonl').trimEnd().split('\n');
    expect(records).toHaveLength(plausible.runs.length);
    const byId = new Map(plausible.runs.map((run) => [run.id, run]));
    for (const record of records.map((line) => JSON.parse(line) as RunRecord)) {
      const original = byId.get(record.id)!;
      expect(record).toEqual(original);
    }
    const [columns, ...lines] = file('runs.csv').trimEnd().split('\n');
    expect(lines).toHaveLength(plausible.runs.length);
    const auc = columns.split(',').indexOf('auc');
    const line = lines.find((one) => one.startsWith('full-'))!;
    expect(Number(line.split(',')[auc])).toBe((byId.get(line.split(',')[0]) as CompletedRun).quality.auc);
    expect(file('comparison-1.csv').trimEnd().split('\n')).toHaveLength(1 + 22);
  });

  it('says so when there are no runs, or none that completed', async () => {
    expect(textOf(await renderReport({ environment, runs: [] }))).toContain('holds no runs yet');
    const failed = await renderReport({
      environment,
      runs: [failedRun({ method: 'robe', ratio: 4, seed: 1 })],
    });
    expect(textOf(failed)).toContain('4x No method gave a number');
  });
});

describe('what must not be mixed', () => {
  it('is refused for other data and other protocols', async () => {
    const [run] = plausible.runs;
    const other = { ...run, dataset: { ...run.dataset, fingerprint: 'other' } };
    const random = { ...run, dataset: { ...run.dataset, protocol: 'random' } } as RunRecord;
    await expect(renderReport({ environment, runs: [run, other] })).rejects.toThrow(/other.*never compared/);
    await expect(renderReport({ environment, runs: [run, random] })).rejects.toThrow(
      /random.*never compared/,
    );
  });

  it('gets a section of its own for other settings', async () => {
    const runs = [1, 2].flatMap((epochs) => [
      { ...completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 }), epochs },
      { ...completedRun({ method: 'robe', ratio: 4, seed: 1, auc: 0.75 + epochs / 100 }), epochs },
    ]);
    const page = await renderReport({ environment, runs });
    const headings = [...page.matchAll(/<h2 id="comparison-\d-heading">([^<]*)/g)].map((match) => match[1]);
    expect(headings).toEqual(['1 epoch', 'up to 2 epochs']);
    expect(textOf(page)).toContain(
      'dlrm, layers 512-256-64/512-256, dim 16, adagrad, learning rate 0.05, batch 2,048, batches shuffled',
    );
  });

  it('gets a section of its own for approximate activations, and says nothing of exact ones alone', async () => {
    const run = (activations?: number) => ({
      ...completedRun({ method: 'robe', ratio: 4, seed: 1, auc: 0.75 }),
      ...(activations && { activations }),
    });
    const page = await renderReport({ environment, runs: [run(4), run()] });
    const headings = [...page.matchAll(/<h2 id="comparison-\d-heading">([^<]*)/g)].map((match) => match[1]);
    expect(headings).toEqual(['exact activations', 'activations of 4 bits in the backward pass']);
    expect(textOf(await renderReport({ environment, runs: [run()] }))).not.toContain('exact activations');
  });

  it('stands at the learning rate that validation chose, and says so', async () => {
    const at = (method: string, ratio: number, learningRate: number, seed: number, auc: number) =>
      completedRun({ method, ratio, seed, auc, learningRate });
    const diverged = { ...failedRun({ method: 'robe', ratio: 4, seed: 1, learningRate: 0.1 }, 'away'), diverged: true as const }; // prettier-ignore
    const runs = [
      ...[at('full', 1, 0.02, 1, 0.76), at('full', 1, 0.05, 1, 0.759), at('full', 1, 0.1, 1, 0.758)],
      ...[at('full', 1, 0.02, 2, 0.762), at('robe', 4, 0.02, 1, 0.7412), at('robe', 4, 0.05, 1, 0.7512)],
      ...[diverged, at('robe', 4, 0.05, 2, 0.7532)],
    ];
    const page = await renderReport({ environment, runs });
    const text = textOf(page);
    expect(text).toContain('learning rates chosen on validation, batch 2,048');
    expect(text).toContain(
      'learning rate of every method and budget separately, from 0.02, 0.05 and 0.1, with seeds that are reported as well: an older',
    );
    expect(text).toContain('1 of 2 choices are at an end of their grid');
    expect(text).toContain(
      'validation AUC at learning rate 0.02: 0.7419, 0.05: 0.7529 (2 seeds), 0.1: diverged',
    );
    expect(text).toContain('0.7522 ± 0.0127 −0.0088 ± 0.0000'); // of 0.7512 and 0.7532 alone
    expect(text).toContain('robe 4x, rate 0.1 1 failed – away');
    expect(page).toMatch(/title="learning rate that validation chose">Rate<\/th>/);
  });

  it('gets a row of its own for other options of a method, named by what differs', async () => {
    const runs = [0.1, 0.3].map((temperature) => {
      const options = { temperature, rounding: 'nearest' };
      return completedRun({ method: 'mixed-dimension', ratio: 4, seed: 1, auc: 0.75, options });
    });
    const text = textOf(await renderReport({ environment, runs }));
    expect(text).toContain('mixed-dimension (temperature=0.1)');
    expect(text).toContain('mixed-dimension (temperature=0.3)');
  });
});

describe('hostile records', () => {
  const hostile = `</script></svg><img src=x onerror=alert(1)>"'\`{{title}}\${1}`;

  it('are shown as text everywhere', async () => {
    const asked = { method: hostile, ratio: 4, seed: 1, options: { [hostile]: hostile } };
    const other = { ...asked, options: { [hostile]: [hostile, 2] } };
    const run = {
      ...completedRun({ ...asked, auc: 0.75 }),
      choices: { [hostile]: [hostile] },
      model: hostile,
    };
    const page = await renderReport({
      environment: {
        ...environment,
        command: hostile,
        cpu: hostile,
        data: { ...environment.data, name: hostile, facts: { [hostile]: { [hostile]: hostile } } },
        methods: {
          [hostile]: { title: hostile, paper: { cite: hostile, url: `javascript:alert(1)//${hostile}` } },
        },
      },
      runs: [
        run,
        { ...completedRun({ ...other, auc: 0.74 }), model: hostile },
        { ...failedRun({ ...asked, ratio: 16 }, hostile), model: hostile },
        { ...infeasibleRun({ ...asked, ratio: 64 }, hostile), model: hostile },
      ],
    });
    expect(page).not.toMatch(/<img/i);
    expect(page.match(/<\/script/g)).toHaveLength(1);
    expect(page).not.toMatch(/href="?javascript/i);
    for (const [tag] of page.replace(/<(style|script)\b.*?<\/\1>/gs, '').matchAll(/<[a-z][^>]*>/gi)) {
      const attributes = tag.replace(/"[^"]*"/g, '""');
      expect(attributes).not.toMatch(/onerror|alert/);
    }
    expect(page).toContain('&lt;img src');
    expect(textOf(page)).toContain('{{title}}');
  });
});

it('writes report.html into the folder of a recording', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'embed-bench-report-'));
  try {
    const store = openStore(directory);
    store.writeEnvironment(environment);
    for (const run of smallRecording().runs) store.append(run);
    store.close();
    const file = await writeReport(directory);
    expect(file).toBe(join(directory, 'report.html'));
    expect(readFileSync(file, 'utf8')).toBe(await renderReport(smallRecording()));
  } finally {
    rmSync(directory, { recursive: true });
  }
});
