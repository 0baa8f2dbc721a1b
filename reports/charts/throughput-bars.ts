import type { TopLevelSpec } from 'vega-lite';
import type { CompletedMethod, CompletedPeer, Rate } from '../../results/throughput-record.ts';
import { formatCount, formatShort } from '../format.ts';
import { seriesKey } from '../../analysis/comparisons/series-key.ts';
import type { Series } from '../../analysis/summary/series.ts';
import { byPlace } from '../../analysis/throughput/places.ts';
import { bestPeer, type ThroughputGroup } from '../../analysis/throughput/groups.ts';
import { methodText, peerName, placeText } from '../throughput/names.ts';
import { type Bar, barChart } from './bars.ts';
import { coloredKey } from './series-scales.ts';

export interface ThroughputBarsInput {
  readonly work: 'train' | 'inference';
  readonly group: ThroughputGroup;
  readonly series: ReadonlyMap<string, Series>;
}

const peerSeries = { key: 'peer', color: 'var(--series-peer)' };

/**
 * Samples per second of the throughput suite: a heading for every backend and number of threads, its methods and the
 * fastest PyTorch with as many threads under it. Training has its bound behind it.
 */
export function throughputBarsChart(
  { work, group, series }: ThroughputBarsInput,
  width: number,
): TopLevelSpec {
  const peers = group.peers.map(({ record }) => record);
  const groups = byPlace(group.rows).map(({ place, rows }) => {
    const records = rows.map(({ record }) => record);
    const peer = bestPeer(peers, records[0], work);
    const bars = records.map((record) => methodBar(record, work, series.get(seriesKey(record))!));
    return { heading: placeText(place), bars: peer === undefined ? bars : [...bars, peerBar(peer, work)] };
  });
  return barChart(groups, width);
}

function methodBar(record: CompletedMethod, work: ThroughputBarsInput['work'], of: Series): Bar {
  const series = coloredKey(of);
  const { median, mad } = record[work];
  const label = methodText(record);
  const description = `${label}, ${placeText(record)}\n${rateText(record[work])}`;
  if (work === 'inference')
    return { series, label, value: median, error: mad, text: formatShort(median), description };
  const bound = record.bound?.median;
  return {
    series,
    label,
    value: median,
    error: mad,
    ...(bound !== undefined && { bound }),
    text: formatShort(median),
    description: bound === undefined ? description : `${description}\nbound ${formatCount(bound)}`,
  };
}

function peerBar(peer: CompletedPeer, work: ThroughputBarsInput['work']): Bar {
  const { median, mad } = peer[work];
  const label = peerName(peer);
  const description = `${label}\n${rateText(peer[work])}`;
  return { series: peerSeries, label, value: median, error: mad, text: formatShort(median), description };
}

function rateText({ median, mad }: Rate): string {
  return `${formatCount(median)} ± ${formatCount(mad)} samples per second`;
}
