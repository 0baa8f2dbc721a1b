import type { ThroughputGroup } from '../../analysis/throughput/groups.ts';
import { ratioText } from './ratio-text.ts';

/** A ratio that the project asks of its native backend; undefined: none at this batch size. */
export type Target = number | undefined;

const columns = ['target', 'inference', 'share of bound', 'native, samples/s', 'PyTorch, samples/s', 'load'];

/** The head of the Markdown table that `raceRow` continues. `mode`: how PyTorch ran, or `both`. */
export function raceHeading(mode: string): string {
  const cells = ['model', 'batch', `native / PyTorch${mode === 'both' ? '' : ` ${mode}`}`, ...columns];
  return `| ${cells.join(' | ')} |\n|---${'|---:'.repeat(cells.length - 1)}|`;
}

/** A line of a Markdown table: one model at one batch size beside PyTorch. Undefined where one of the two failed. */
export function raceRow(
  title: string,
  { setting, rows: [ours], peers }: ThroughputGroup,
  targets: Readonly<Record<number, Target>>,
  load: number,
): string | undefined {
  if (ours?.toPeer === undefined) return undefined;
  const { record, toPeer, shareOfBound } = ours;
  const { batchSize } = setting;
  const target = targets[batchSize];
  const best = Math.max(...peers.map((peer) => peer.record.train.median));
  const speeds = [record.train.median, best].map((speed) => String(Math.round(speed)));
  const cells = [
    ...[title, String(batchSize), ratioText(toPeer.train)],
    target === undefined ? '' : toPeer.train.value < target ? `**below ${target}**` : `${target}`,
    ratioText(toPeer.inference),
    shareOfBound === undefined ? '' : `${Math.round(100 * shareOfBound.value)} %`,
    ...speeds,
    load.toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}
