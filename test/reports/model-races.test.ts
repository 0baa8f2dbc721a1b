import { expect, test } from 'vitest';
import { throughputGroups } from '../../analysis/throughput/groups.ts';
import { modelRacesView } from '../../reports/page/model-races-view.ts';
import { fillPage } from '../../reports/page/templates.ts';
import { pageView } from '../../reports/page/page-view.ts';
import { throughputRecording, timedMethod, timedPeer } from './throughput-recordings.ts';

const dlrm = { model: 'DLRM', network: '512-256-64/512-256' };
const dcn = { model: 'DCN', network: '3 cross, 256-256' };

/** Full tables of a model and PyTorch beside it, in rounds of their own. */
function race(settings: object, batchSize: number, train: number) {
  const at = { ...settings, batchSize, measurement: JSON.stringify([settings, batchSize]) };
  const ours = timedMethod({ method: 'full', backend: 'native', threads: 1, train });
  return [
    { ...ours, ...at },
    { ...timedPeer(8_000, 1, 'eager'), ...at },
  ];
}

/** The median over rounds of the ratio of training speeds, and the median of distances from it. */
function expected([ours, theirs]: ReturnType<typeof race>) {
  const middle = (values: number[]) => values.toSorted((a, b) => a - b)[(values.length - 1) / 2];
  const ratios = ours.train.rounds.map((speed, i) => speed / theirs.train.rounds[i]);
  const median = middle(ratios);
  const mad = middle(ratios.map((value) => Math.abs(value - median)));
  return { text: median.toFixed(2), error: `± ${mad.toFixed(2)}` };
}

const races = [race(dcn, 2048, 20_000), race(dcn, 8192, 30_000), race(dlrm, 256, 40_000)];
const view = (records: Parameters<typeof throughputGroups>[0]) => modelRacesView(throughputGroups(records));

test('models stand below one another, with a column for each batch size', () => {
  const [table, ...others] = view(races.flat())!.tables;
  expect(others).toEqual([]);
  expect(table.title).toBe('native, 1 thread, sgd, 33,762,577 ids, beside PyTorch 2.6.0 eager');
  expect(table.batches).toEqual(['256', '2,048', '8,192']);
  expect(table.rows).toEqual([
    { title: 'DCN (3 cross, 256-256)', cells: [{}, expected(races[0]), expected(races[1])] },
    { title: 'DLRM (512-256-64/512-256)', cells: [expected(races[2]), {}, {}] },
  ]);
});

test('widths of one model are rows of their own', () => {
  const wide = race({ ...dcn, dim: 64 }, 2048, 10_000);
  const [{ rows }] = view([...races.flat(), ...wide])!.tables;
  expect(rows.map(({ title }) => title)).toEqual([
    'DCN (3 cross, 256-256), dim 16',
    'DCN (3 cross, 256-256), dim 64',
    'DLRM (512-256-64/512-256)',
  ]);
  expect(rows[1].cells[1]).toEqual(expected(wide));
});

test('a table of its own says that the faster of two modes counts', () => {
  const compiled = { ...timedPeer(9_000, 1, 'compiled'), ...dlrm, batchSize: 256 };
  const { measurement } = races[2][0];
  const titles = view([...races.flat(), { ...compiled, measurement }])!.tables.map(({ title }) => title);
  expect(titles).toHaveLength(2);
  expect(titles[1]).toMatch(/beside the faster of PyTorch \S+ compiled and PyTorch \S+ eager$/);
});

test('one model, models without PyTorch, and software drivers have no such table', () => {
  expect(view(races.slice(0, 2).flat())).toBeUndefined();
  expect(view(races.map(([ours]) => ours))).toBeUndefined();
  expect(view(races.flat().map((record) => ({ ...record, software: true })))).toBeUndefined();
});

test('a page of several models opens with their table, and names the model above each section', async () => {
  const recording = throughputRecording(races.flat());
  const { throughput } = recording.environment;
  const command = 'bench:models -- --rounds 5';
  const environment = { ...recording.environment, throughput: { ...throughput!, command } };
  const html = fillPage(await pageView({ ...recording, environment }));
  expect(html.indexOf('Models beside PyTorch')).toBeGreaterThan(0);
  expect(html.indexOf('Models beside PyTorch')).toBeLessThan(
    html.indexOf('>DCN (3 cross, 256-256) at batch 2,048'),
  );
  expect(html).toContain('>DLRM (512-256-64/512-256) at batch 256');
  expect(html).toContain('npm run bench:models -- --rounds 5');
  const alone = fillPage(await pageView(throughputRecording(races.slice(0, 2).flat())));
  expect(alone).not.toContain('Models beside PyTorch');
  expect(alone).toContain('>Throughput at batch 2,048');
});
