import { expect, test } from 'vitest';
import { throughputGroups } from '../../analysis/throughput/groups.ts';
import { raceHeading, raceRow } from '../../scripts/results/race-table.ts';
import { timedMethod, timedPeer } from '../reports/throughput-recordings.ts';

const ours = timedMethod({ method: 'full', backend: 'native', threads: 1, train: 20_000 });
const slow = timedPeer(5_000, 1, 'eager');
const fast = timedPeer(10_000, 1, 'compiled');
const targets = { 2048: 3 };

const rowOf = (...records: Parameters<typeof throughputGroups>[0]) =>
  raceRow('DLRM', throughputGroups(records)[0], targets, 0.25)?.split('|').map((cell) => cell.trim()); // prettier-ignore

/** The median over rounds of ratios. */
function ratio(peer: typeof slow, work: 'train' | 'inference'): string {
  const ratios = ours[work].rounds.map((speed, round) => speed / peer[work].rounds[round]);
  return ratios.toSorted((a, b) => a - b)[2].toFixed(2);
}

test('a row has ratios by round, and says which are below the target', () => {
  const [, title, batch, train, target, inference, share, native, peer, load] = rowOf(ours, slow)!;
  expect([title, batch, target, load]).toEqual(['DLRM', '2048', '3', '0.3']);
  expect(train.startsWith(`${ratio(slow, 'train')} ± 0.`)).toBe(true);
  expect(inference.startsWith(`${ratio(slow, 'inference')} ± 0.`)).toBe(true);
  const shares = ours.train.rounds.map((speed, round) => speed / ours.bound!.rounds[round]);
  expect(share).toBe(`${Math.round(100 * shares.toSorted((a, b) => a - b)[2])} %`);
  expect([native, peer]).toEqual(['20000', '5000']);
});

test('the head has a column for each cell, and names the mode of PyTorch', () => {
  const [names, line] = raceHeading('eager')
    .split('\n')
    .map((row) => row.split('|'));
  expect(names[3]).toBe(' native / PyTorch eager ');
  expect(raceHeading('both')).toContain('| native / PyTorch |');
  expect([names.length, line.length]).toEqual(Array(2).fill(rowOf(ours, slow)!.length));
});

test('the faster PyTorch counts', () => {
  const [, , , train, target, , , , peer] = rowOf(ours, slow, fast)!;
  expect(train.startsWith(ratio(fast, 'train'))).toBe(true);
  expect([target, peer]).toEqual(['**below 3**', '10000']);
});

test('there is no row where PyTorch is missing', () => {
  expect(rowOf(ours)).toBeUndefined();
});
