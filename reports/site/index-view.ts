import type { DataResults } from '../../analysis/leaderboards/results.ts';
import { type Published, inTime, methodsIn } from '../../analysis/leaderboards/same-data.ts';
import { machinesOf } from '../../results/hardware.ts';
import { plural } from '../../base/plural.ts';
import { formatCount } from '../format.ts';
import { addressOf, reportPath } from './addresses.ts';
import { type DataView, dataView } from './boards.ts';
import type { AggregateView, FindingsView } from './findings-view.ts';
import { type LeftOut, dayOf } from './published.ts';
import { type Mark, markOf } from './verified-mark.ts';

/** The first page of the site, as index.hbs reads it. Text is unescaped: the template escapes it. */
export interface IndexView {
  readonly subtitle: string;
  readonly findings: readonly FindingsView[];
  /** Undefined with fewer than two data sets. */
  readonly over: AggregateView | undefined;
  /** "2 refuted, 11 undecided" */
  readonly claims: string;
  readonly data: readonly DataView[];
  readonly methods: readonly { readonly name: string; readonly href: string }[];
  /** The newest first. */
  readonly recordings: readonly {
    readonly name: string;
    readonly day: string;
    readonly href: string;
    readonly about: string;
    /** Says what maintainers have run again, or that they have not; undefined for a recording of the project that nobody ran again. */
    readonly mark: Mark | undefined;
    /** Id of its data set; `throughput` for a recording that trained nothing. */
    readonly data: string;
    /** JSON list of the names of its methods, for the filter. */
    readonly methods: string;
    readonly files: readonly { readonly name: string; readonly href: string }[];
  }[];
  /** Recordings that the site leaves out. */
  readonly leftOut: readonly LeftOut[];
  /** True if there are recordings that trained nothing. */
  readonly throughput: boolean;
}

export function indexView(
  published: readonly Published[],
  groups: readonly DataResults[],
  headings: readonly string[],
  methodPaths: ReadonlyMap<string, string>,
  filesOf: (published: Published) => readonly string[],
  { leftOut, ...opening }: Pick<IndexView, 'leftOut' | 'findings' | 'over' | 'claims'>,
): IndexView {
  const data = groups.map((same, index) => dataView(same, { heading: headings[index], index }, methodPaths));
  const idOf = (one: Published) =>
    data[groups.findIndex((same) => same.published.includes(one))]?.id ?? 'throughput';
  const recordings = inTime(published)
    .reverse()
    .map((one) => ({
      name: one.folder,
      day: dayOf(one),
      href: addressOf(reportPath(one)),
      about: aboutText(one),
      mark: markOf(one),
      data: idOf(one),
      methods: JSON.stringify(methodsIn(one)),
      files: filesOf(one).map((name) => ({
        name,
        href: addressOf(`recordings/${one.folder}/${name}`),
      })),
    }));
  return {
    subtitle: `${counted(recordings.length, 'recording')} of ${counted(methodPaths.size, 'method')} on ${counted(new Set(groups.map((same) => same.data.name)).size, 'data set')}`,
    ...opening,
    data,
    methods: [...methodPaths].map(([name, path]) => ({ name, href: addressOf(path) })),
    recordings,
    leftOut,
    throughput: recordings.some(({ data }) => data === 'throughput'),
  };
}

function aboutText(one: Published): string {
  const { environment, runs, throughput = [] } = one.recording;
  const { data } = environment;
  return [
    ...(data === undefined || runs.length === 0
      ? []
      : [`${data.name}, ${data.protocol} split, ${counted(runs.length, 'run')}`]),
    ...(throughput.length === 0 ? [] : ['throughput on random ids']),
    counted(methodsIn(one).length, 'method'),
    [...new Set(machinesOf(environment).map(({ cpu }) => cpu))].join(', '),
  ].join('; ');
}

const counted = (count: number, noun: string) => plural(count, noun, formatCount(count));
