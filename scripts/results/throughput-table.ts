import { formatCount, formatShort } from '../../reports/format.ts';
import type { Estimate } from '../../analysis/statistics/estimates.ts';
import { type ThroughputGroup, throughputGroups } from '../../analysis/throughput/groups.ts';
import {
  groupText,
  methodText,
  peerName,
  peerPlace,
  placeText,
  sizesText,
} from '../../reports/throughput/names.ts';
import { boundText, profileLineText } from '../../reports/throughput/profile-text.ts';
import { profileLines } from '../../analysis/throughput/profile.ts';
import { streamText } from '../../reports/throughput/samples.ts';
import { ratioText } from './ratio-text.ts';
import { aligned } from '../terminal/aligned.ts';
import type { Rate, ThroughputProfile, ThroughputRecord } from '../../results/throughput-record.ts';

/** A throughput measurement as text: a table for every setting, and one for every profile. */
export function throughputTables(records: readonly ThroughputRecord[]): string {
  const groups = throughputGroups(records);
  const flat = groups.some(({ rows }) => rows.some(({ toLargest }) => toLargest !== undefined));
  const profiled = records.flatMap((record) =>
    record.kind === 'method' && record.status === 'completed' && record.profile !== undefined
      ? [
          `\n${methodText(record)}, ${placeText(record)}, ${sizesText(record)}: ` +
            `${record.profile.milliseconds.toFixed(2)} ms a training step\n` +
            boundLine(record.profile) +
            profileTable(record.profile),
        ]
      : [],
  );
  return [
    ...groups.map((group) => {
      const stream = streamText(group);
      return `${groupText(group.setting)}\n${groupTable(group, flat)}${stream === undefined ? '' : `\n  ${stream}`}`;
    }),
    ...profiled,
  ].join('\n');
}

function groupTable({ rows, peers, missing }: ThroughputGroup, flat: boolean): string {
  const heading = [
    '',
    '',
    'train /s',
    'of bound',
    'x PyTorch',
    'x full',
    'inference /s',
    'x PyTorch',
    'lookups /s',
  ];
  const ours = rows.map(({ record, shareOfBound, toFull, toPeer, toLargest }) => [
    methodText(record),
    placeText(record),
    rateText(record.train),
    shareOfBound === undefined ? '' : `${Math.round(100 * shareOfBound.value)} %`,
    cell(toPeer?.train),
    cell(toFull?.train),
    rateText(record.inference),
    cell(toPeer?.inference),
    formatShort(record.lookups.median),
    ...(flat ? [cell(toLargest)] : []),
  ]);
  const theirs = peers.map(({ record }) => [
    peerName(record),
    peerPlace(record),
    ...[rateText(record.train), '', '', '', rateText(record.inference)],
  ]);
  const lost = missing.map((record) => {
    const name = record.kind === 'method' ? methodText(record) : peerName(record);
    const place = record.kind === 'method' ? placeText(record) : peerPlace(record);
    return `  ${name}, ${place}: ${record.status}: ${record.error}`;
  });
  return [aligned([[...heading, ...(flat ? ['x largest'] : [])], ...ours, ...theirs], 2), ...lost].join('\n');
}

function boundLine(profile: ThroughputProfile): string {
  const bound = boundText(profile);
  return bound === undefined ? '' : `  ${bound}\n`;
}

function profileTable(profile: ThroughputProfile): string {
  const lines = profileLines(profile).map((line) => {
    const { name, calls, milliseconds, share } = profileLineText(line);
    return [name, calls, milliseconds, share];
  });
  return aligned([['', 'calls', 'ms', 'share'], ...lines], 1);
}

const rateText = ({ median, mad }: Rate) => `${formatCount(median)} ± ${formatCount(mad)}`;
const cell = (ratio: Estimate | undefined) => (ratio === undefined ? '' : ratioText(ratio));
