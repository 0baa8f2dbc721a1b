import { expect, test } from 'vitest';
import { throughputGroups } from '../../analysis/throughput/groups.ts';
import { modelRacesView } from '../../reports/page/model-races-view.ts';
import { timedMethod, timedPeer } from './throughput-recordings.ts';

const ours = timedMethod({ method: 'full', backend: 'native', threads: 1, train: 20_000 });
const theirs = timedPeer(8_000, 1, 'eager');
const dcn = { model: 'DCN', network: '3 cross, 256-256' };
const at = (batchSize: number) => ({ batchSize, measurement: `m${batchSize}` });

const view = (...records: Parameters<typeof throughputGroups>[0]) =>
  modelRacesView(throughputGroups(records));

/** The median over rounds of the ratio of training speeds. */
const ratio = ours.train.rounds.map((speed, i) => speed / theirs.train.rounds[i]).toSorted((a, b) => a - b)[2]; // prettier-ignore

test('models stand below one another, with a column for each batch size', () => {
  const found = view(
    ...[ours, theirs].map((record) => ({ ...record, ...dcn })),
    ...[ours, theirs].map((record) => ({ ...record, ...at(256) })),
    ...[ours, theirs].map((record) => ({ ...record, ...dcn, ...at(8192) })),
  )!;
  expect(found.tables).toHaveLength(1);
  const [{ title, batches, rows }] = found.tables;
  expect(title).toBe('native, 1 thread, sgd');
  expect(batches).toEqual(['256', '2,048', '8,192']);
  expect(rows.map((row) => row.title)).toEqual(['DCN (3 cross, 256-256)', 'DLRM (512-256-64/512-256)']);
  expect(rows.map(({ cells }) => cells.map(({ text }) => text))).toEqual([
    [undefined, ratio.toFixed(2), ratio.toFixed(2)],
    [ratio.toFixed(2), undefined, undefined],
  ]);
});

test('one model, or models without PyTorch, have no such table', () => {
  expect(view(ours, theirs)).toBeUndefined();
  expect(view(ours, { ...ours, ...dcn })).toBeUndefined();
});
