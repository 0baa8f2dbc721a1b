import type { TopLevelSpec } from 'vega-lite';
import type { CompletedMethod, CompletedPeer, Rate } from '../../results/throughput-record.ts';
import { formatCount, formatShort } from '../format.ts';
import { seriesKey } from '../../results/series-key.ts';
import type { Series } from '../series.ts';
import { bestPeer, type ThroughputGroup } from '../throughput/groups.ts';
import { methodText, peerName, placeText } from '../throughput/names.ts';
import { type Bar, barChart } from './bars.ts';

export interface ContestInput {
  readonly work: 'train' | 'inference';
  readonly group: ThroughputGroup;
  readonly series: ReadonlyMap<string, Series>;
}

const peerSeries = { key: 'peer', color: 'var(--series-peer)' };

/**
 * Samples per second of the throughput suite: a heading for every backend and number of threads, its methods and the
 * fastest PyTorch with as many threads under it. Training has its bound behind it.
 */
export function contestChart({ work, group, series }: ContestInput, width: number): TopLevelSpec {
  const places = [...new Set(group.rows.map(({ record }) => placeText(record)))];
  const peers = group.peers.map(({ record }) => record);
  const groups = places.map((heading) => {
    const records = group.rows.map(({ record }) => record).filter((record) => placeText(record) === heading);
    const peer = bestPeer(peers, records[0], work);
    const bars = records.map((record) => methodBar(record, work, series.get(seriesKey(record))!));
    return { heading, bars: peer === undefined ? bars : [...bars, peerBar(peer, work)] };
  });
  return barChart(groups, width);
}

function methodBar(record: CompletedMethod, work: ContestInput['work'], series: Series): Bar {
  const { median, mad } = record[work];
  const label = methodText(record);
  const what = `${label}, ${placeText(record)}\n${rateText(record[work])}`;
  if (work === 'inference')
    return { series, label, value: median, error: mad, text: formatShort(median), description: what };
  const bound = record.bound.median;
  return {
    series,
    label,
    value: median,
    error: mad,
    bound,
    text: formatShort(median),
    description: `${what}\nbound ${formatCount(bound)}`,
  };
}

function peerBar(peer: CompletedPeer, work: ContestInput['work']): Bar {
  const { median, mad } = peer[work];
  const label = peerName(peer);
  const description = `${label}\n${rateText(peer[work])}`;
  return { series: peerSeries, label, value: median, error: mad, text: formatShort(median), description };
}

function rateText({ median, mad }: Rate): string {
  return `${formatCount(median)} ± ${formatCount(mad)} samples per second`;
}
