import { describe, expect, it } from 'vitest';
import { anchorsOf } from '../../reports/cards/anchors.ts';
import { byteKindsOf } from '../../reports/cards/byte-kinds.ts';
import { resolvedParameters, shortText } from '../../reports/cards/resolved-parameters.ts';
import { optionsOf } from '../../reports/cards/options.ts';
import { widthPicture } from '../../reports/cards/width-picture.ts';
import { renderReport } from '../../reports/report.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import type { Bytes } from '../../results/size-record.ts';
import { completedRun, environment, failedRun, infeasibleRun } from './recordings.ts';

const none: Bytes = { tables: 0, scales: 0, positions: 0, weights: 0, maps: 0, codes: 0 };

/** A run whose serving bytes are said to be these. */
function withBytes(run: CompletedRun, bytes: Partial<Bytes>): CompletedRun {
  return { ...run, size: { ...run.size, servingBytes: 1000, bytes: { ...none, ...bytes } } };
}

const run = completedRun({ method: 'dpq', ratio: 4, seed: 1, auc: 0.75 });

describe('bytes by kind', () => {
  it('are stretches of the bar, with their shares', () => {
    expect(byteKindsOf(withBytes(run, { tables: 96, codes: 903.5, weights: 0.5 }))).toEqual([
      { kind: 'tables', percent: '9.60', text: '96 B (9.6 %)' },
      { kind: 'weights', percent: '0.05', text: '1 B (< 0.1 %)' },
      { kind: 'codes', percent: '90.35', text: '904 B (90 %)' },
    ]);
    expect(byteKindsOf(withBytes(run, { tables: 1000 }))[0].text).toBe('1.00 kB');
    expect(byteKindsOf(run)).toEqual([]);
  });
});

describe('choices', () => {
  it('are short, and those by field apart', () => {
    const { plain, perField, widths } = resolvedParameters(
      {
        temperature: 0.158318848,
        digits: [[150, 2], 'whole', [7, 3]],
        widths: [[16], [8, 4], [2]],
        hot: Array.from({ length: 90 }, (_, i) => i - 3),
        nested: { deep: 1 },
      },
      3,
    );
    expect(plain).toEqual([
      { name: 'digits', value: '2 to 150, whole, by field' },
      { name: 'hot', value: '90 of −3 to 86' },
      { name: 'nested', value: '{"deep":1}' },
      { name: 'temperature', value: '0.1583' },
      { name: 'widths', value: '2 to 16, by field' },
    ]);
    expect(perField).toEqual([
      { name: 'digits', values: ['150, 2', 'whole', '7, 3'] },
      { name: 'widths', values: ['16', '8, 4', '2'] },
    ]);
    expect(widths).toEqual([[16], [8, 4], [2]]);
  });

  it('are no widths where they are other things, or not of these fields', () => {
    expect(resolvedParameters({ widths: [4, 4] }, 3).widths).toBeUndefined();
    expect(resolvedParameters({ widths: [4, 'x', 4] }, 3).widths).toBeUndefined();
    expect(resolvedParameters({ buckets: [4, 5, 4] }, 3).widths).toBeUndefined();
    expect(resolvedParameters({ ranks: [4, 5, 4] }, 3).widths).toEqual([[4], [5], [4]]);
    expect(resolvedParameters({ widths: [4, 5, 4] }, 0).perField).toEqual([]);
  });

  it.each([
    [null, 'null'],
    [[], ''],
    ['x'.repeat(99), `${'x'.repeat(58)} …`],
    [Array.from({ length: 40 }, () => 'word'), '40 of word'],
    [Array.from({ length: 40 }, () => null), '40 of nothing plain'],
    [[1234567, 'a'], '1,234,567, a'],
  ])('%j is %j', (value, text) => expect(shortText(value)).toBe(text));
});

it('options are told from their defaults, where the recording knows them', () => {
  expect(optionsOf({ keep: 3, index: 'hash', rank: 4 }, { keep: 200, index: 'hash' })).toEqual([
    { name: 'index', value: 'hash', instead: undefined },
    { name: 'keep', value: '3', instead: '200' },
    { name: 'rank', value: '4', instead: 'chosen by the method' },
  ]);
  expect(optionsOf({ keep: 3 }, undefined)[0].instead).toBeUndefined();
});

it('anchors are plain, and no two alike', () => {
  const names = ['int8(md)', 'int8-md', '<b>', '', 'full'];
  expect([...anchorsOf(names)]).toEqual([
    ['', 'method'],
    ['<b>', 'method-b'],
    ['full', 'method-full'],
    ['int8(md)', 'method-int8-md'],
    ['int8-md', 'method-int8-md-2'],
  ]);
});

it('the picture has a dot for each block of a field, rising with its width, to the right with its ids', () => {
  const fields = [10, 1000, 100_000].map((cardinality) => ({ name: '<b>', cardinality }));
  const svg = widthPicture(fields, [[16], [8], [4, 0]], 16);
  const [, dots] = /class="dots" d="([^"]*)"/.exec(svg)!;
  const places = [...dots.matchAll(/M([\d.]+) ([\d.]+)h0/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(places).toEqual([
    [24, 20],
    [127, 58],
    [230, 77],
    [230, 96],
  ]);
  expect(svg).toContain('from 16 floats for 10 ids to 0 to 4 floats for 100,000 ids');
  expect(svg).toMatch(/>10<.*>1 k<.*>100 k</);
  expect(svg).not.toContain('<b>');
});

const fields = [40, 9000, 700].map((cardinality, i) => ({ name: `C${i + 1}`, cardinality }));
const known = { ...environment, data: { ...environment.data, facts: { fields } } };

function cardOf(page: string, anchor: string): string {
  return new RegExp(`<div id="${anchor}">(.*?)</div>\\s*</details>\\n(?=<details|<h3|</section)`, 's').exec(
    page,
  )![1];
}

describe('a card', () => {
  const md = (ratio: number, widths: number[][], bytes: Partial<Bytes>, seed = 1) => ({
    ...withBytes(completedRun({ method: 'mixed-dimension', ratio, seed, auc: 0.75, options: { blocks: 8, rounding: 'nearest' } }), bytes), // prettier-ignore
    choices: { temperature: 0.25, widths },
    stages: [{ name: 'training', seconds: 40.5, samples: 800_000, steps: 391 }],
  });
  const runs: RunRecord[] = [
    completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 }),
    md(4, [[16], [4], [8]], { tables: 900, weights: 100 }),
    failedRun({ method: 'mixed-dimension', ratio: 4, seed: 2, options: { blocks: 8, rounding: 'nearest' } }),
    md(16, [[16], [1, 0], [2, 1]], { tables: 900, maps: 100 }),
    infeasibleRun({
      method: 'mixed-dimension',
      ratio: 64,
      seed: 1,
      options: { blocks: 8, rounding: 'nearest' },
    }),
  ];
  const methods = {
    ...known.methods,
    'mixed-dimension': {
      ...known.methods!['mixed-dimension'],
      idea: 'popular ids get wide rows',
      formula: 'E(i) = T[i] P',
      departures: [{ what: 'widths are whole numbers', why: 'rows are' }],
      family: 'structured',
      defaults: { blocks: 4, rounding: 'nearest' },
    },
  };

  it('says what a method is, what it chose, what its bytes are, and how runs ended', async () => {
    const page = await renderReport({ environment: { ...known, methods }, runs });
    expect(page).toContain('<summary><b>mixed-dimension</b> popular ids get wide rows</summary>');
    expect(page).toMatch(/<h3>structured<\/h3>/);
    expect(page.match(/<a href="#method-mixed-dimension">mixed-dimension<\/a>/g)).toHaveLength(3);
    const card = cardOf(page, 'method-mixed-dimension');
    const text = card.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    expect(card).toContain('<p class="formula">E(i) &#x3D; T[i] P</p>');
    expect(text).toContain('Departures from the paper widths are whole numbers: rows are');
    expect(card).toContain('<a href="https://arxiv.org/abs/1909.11810">Ginart et al. 2021</a>');
    expect(text).toContain('blocks 8 (not 4) rounding nearest');
    expect(card.match(/<svg class="widths"/g)).toHaveLength(2);
    expect(card).toContain(
      '<i class="tables" style="width:90.00%"></i><i class="weights" style="width:10.00%"></i>',
    );
    expect(text).toMatch(
      /4x 1\.00 kB served, [\d.]+x, \d+ % of the budget, [\d.]+ MB in training tables 900 B \(90 %\) weights 100 B/,
    );
    expect(text).toContain(
      'temperature 0.25 widths 4 to 16, by field stages training 40.5 s (391 steps) seed 1',
    );
    expect(text).toContain('failed seed 2: killed by SIGKILL (out of memory?)');
    expect(text).toContain(
      '64x infeasible needs at least 1.20 MB: one row per field is more than the budget',
    );
    // The field with most ids first.
    expect(text).toMatch(/Field Ids widths 4x widths 16x C2 9,000 4 1, 0 C3 700 8 2, 1 C1 40 16 16/);
  });

  it('of an older recording says what is known', async () => {
    const page = await renderReport({ environment, runs });
    expect(page).toContain('<summary><b>mixed-dimension</b> Wider vectors for frequent fields</summary>');
    const card = cardOf(page, 'method-mixed-dimension');
    expect(card).not.toContain('class="formula"');
    expect(card).not.toContain('class="departures"');
    expect(card).not.toContain('<svg');
    expect(card).toContain('<span>blocks 8</span>');
    const none = { ...methods, 'mixed-dimension': { ...methods['mixed-dimension'], departures: [] } };
    const faithful = cardOf(await renderReport({ environment: { ...known, methods: none }, runs }), 'method-mixed-dimension'); // prettier-ignore
    expect(faithful).toContain('No departure from the paper is known.');
    const bare = await renderReport({ environment: { ...environment, methods: undefined }, runs });
    expect(bare).toContain('<summary><b>mixed-dimension</b></summary>');
  });

  it('has a part for every comparison and every choice of options', async () => {
    const variants = [4, 8].flatMap((blocks) =>
      [1, 2].map((epochs) => ({
        ...completedRun({ method: 'mixed-dimension', ratio: 4, seed: 1, auc: 0.75, options: { blocks } }),
        epochs,
      })),
    );
    const card = cardOf(await renderReport({ environment, runs: variants }), 'method-mixed-dimension');
    expect([...card.matchAll(/<h4>(.*?)<\/h4>/g)].map(([, heading]) => heading)).toEqual([
      '1 epoch: mixed-dimension (blocks&#x3D;4)',
      '1 epoch: mixed-dimension (blocks&#x3D;8)',
      'up to 2 epochs: mixed-dimension (blocks&#x3D;4)',
      'up to 2 epochs: mixed-dimension (blocks&#x3D;8)',
    ]);
  });

  it('shows hostile text as text, and links to pages alone', async () => {
    const hostile = `</dd></details><img src=x onerror=alert(1)>"'\`{{title}}`;
    const paper = { cite: hostile, url: `javascript:alert(1)//${hostile}` };
    const told = {
      title: hostile,
      idea: hostile,
      formula: hostile,
      family: hostile,
      paper,
      departures: [{ what: hostile, why: hostile }],
    };
    const asked = { method: hostile, ratio: 4, seed: 1, options: { [hostile]: hostile } };
    const chosen = {
      ...completedRun({ ...asked, auc: 0.75 }),
      choices: { [hostile]: hostile, widths: [hostile, hostile, 3], list: { [hostile]: [hostile] } },
      stages: [{ name: hostile, seconds: 1, samples: 1, steps: 1 }],
    };
    const page = await renderReport({
      environment: {
        ...known,
        data: { ...known.data, facts: { fields: fields.map((field) => ({ ...field, name: hostile })) } },
        methods: { [hostile]: { ...told, defaults: { [hostile]: [hostile] } } },
      },
      runs: [
        chosen,
        failedRun({ ...asked, seed: 2 }, hostile),
        infeasibleRun({ ...asked, ratio: 16 }, hostile),
        { ...chosen, id: 'ranks', compression: { ...chosen.compression, requested: 8 }, choices: { ranks: [1, 2, 3], [hostile]: [1, 2, hostile] } }, // prettier-ignore
      ],
    });
    expect(page).toContain('<svg class="widths"');
    expect(page).not.toMatch(/<img/i);
    expect(page).not.toMatch(/href="?javascript/i);
    expect(page.match(/<details class="card">/g)).toHaveLength(1);
    for (const [tag] of page.replace(/<(style|script)\b.*?<\/\1>/gs, '').matchAll(/<[a-z][^>]*>/gi))
      expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/onerror|alert/);
  });
});
