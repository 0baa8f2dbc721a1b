import { throughputBarsChart } from '../charts/throughput-bars.ts';
import { formatFixed } from '../format.ts';
import type { Series } from '../../analysis/summary/series.ts';
import { type ThroughputClaim, throughputClaims } from '../throughput/claims.ts';
import type { ThroughputGroup } from '../../analysis/throughput/groups.ts';
import { groupText, methodText, modelText, placeText, sizesText } from '../throughput/names.ts';
import { profileLines } from '../../analysis/throughput/profile.ts';
import { type ProfileLineText, boundText, profileLineText } from '../throughput/profile-text.ts';
import { streamText } from '../throughput/samples.ts';
import { drawFigure, type Figure } from './draw-figure.ts';
import { type ThroughputTableView, throughputTableView } from './throughput-table-view.ts';

/** Configurations that were timed at the same work, as throughput.hbs reads them. */
export interface ThroughputView {
  readonly id: string;
  readonly heading: string;
  readonly setting: string;
  readonly claims: readonly ThroughputClaim[];
  readonly figures: readonly Figure[];
  /** A warning above all numbers; undefined if there is none. */
  readonly warning: string | undefined;
  /** The meaning of a sample on a GPU; undefined if none was timed. */
  readonly stream: string | undefined;
  readonly table: ThroughputTableView;
  readonly profiles: readonly ProfileView[];
}

interface ProfileView {
  readonly title: string;
  /** The bound of a step on a GPU; undefined on the CPU. */
  readonly verdict: string | undefined;
  readonly lines: readonly ProfileLineText[];
}

/** The place of a section: the only one, or one of several models. */
export interface ThroughputPlace {
  readonly id: string;
  readonly alone: boolean;
  readonly ofModels: boolean;
}

export async function throughputView(
  group: ThroughputGroup,
  { id, alone, ofModels }: ThroughputPlace,
  series: ReadonlyMap<string, Series>,
): Promise<ThroughputView> {
  const titles = { train: 'Training, samples per second', inference: 'Inference, samples per second' };
  const figures: Figure[] = [];
  if (group.rows.length > 0)
    for (const work of ['train', 'inference'] as const)
      figures.push(
        await drawFigure({
          name: `${id}-${work}`,
          title: titles[work],
          variants: ['wide', 'narrow'],
          series,
          specOf: (width) => throughputBarsChart({ work, group, series }, width),
        }),
      );
  return {
    id,
    heading: alone
      ? 'Throughput'
      : `${ofModels ? modelText(group.setting) : 'Throughput'} at ${sizesText(group.setting)}`,
    setting: groupText(group.setting),
    warning: group.rows.some(({ record }) => record.software)
      ? 'A software driver stood in for a graphics card here. Its numbers, and those of PyTorch beside it, measure nothing.'
      : undefined,
    claims: throughputClaims(group),
    figures,
    stream: streamText(group),
    table: throughputTableView(group, series),
    profiles: group.rows.flatMap(({ record }) => {
      const { profile } = record;
      if (profile === undefined) return [];
      const title = `${methodText(record)}, ${placeText(record)}: ${formatFixed(profile.milliseconds, 2)} ms a step`;
      const lines = profileLines(profile).map(profileLineText);
      return [{ title, verdict: boundText(profile), lines }];
    }),
  };
}
