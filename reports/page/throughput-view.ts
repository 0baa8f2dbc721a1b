import { contestChart } from '../charts/contest.ts';
import { formatFixed } from '../format.ts';
import type { Series } from '../series.ts';
import { type ThroughputClaim, throughputClaims } from '../throughput/claims.ts';
import type { ThroughputGroup } from '../throughput/groups.ts';
import { groupText, methodText, placeText } from '../throughput/names.ts';
import { callsText, profileLines } from '../throughput/profile.ts';
import { drawFigure, type Figure } from './draw-figure.ts';
import { type ThroughputTableView, throughputTableView } from './throughput-table-view.ts';

/** What throughput.hbs reads: contestants that were timed at the same work. */
export interface ThroughputView {
  readonly id: string;
  readonly setting: string;
  readonly claims: readonly ThroughputClaim[];
  readonly figures: readonly Figure[];
  readonly table: ThroughputTableView;
  readonly profiles: readonly ProfileView[];
}

interface ProfileView {
  readonly title: string;
  readonly lines: readonly {
    readonly name: string;
    readonly calls: string;
    readonly milliseconds: string;
    readonly share: string;
  }[];
}

export async function throughputView(
  group: ThroughputGroup,
  id: string,
  series: ReadonlyMap<string, Series>,
): Promise<ThroughputView> {
  const titles = { train: 'Training, samples per second', inference: 'Inference, samples per second' };
  const figures: Figure[] = [];
  if (group.rows.length > 0)
    for (const work of ['train', 'inference'] as const)
      figures.push(
        await drawFigure(`${id}-${work}`, titles[work], ['wide', 'narrow'], (width) =>
          contestChart({ work, group, series }, width),
        ),
      );
  return {
    id,
    setting: groupText(group.setting),
    claims: throughputClaims(group),
    figures,
    table: throughputTableView(group, series),
    profiles: group.rows.flatMap(({ record }) => {
      const { profile } = record;
      if (profile === undefined) return [];
      const title = `${methodText(record)}, ${placeText(record)}: ${formatFixed(profile.milliseconds, 2)} ms a step`;
      const lines = profileLines(profile).map((line) => ({
        name: line.name,
        calls: callsText(line),
        milliseconds: formatFixed(line.milliseconds, 2),
        share: `${formatFixed(100 * line.share, 1)} %`,
      }));
      return [{ title, lines }];
    }),
  };
}
