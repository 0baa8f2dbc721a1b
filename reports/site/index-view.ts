import { formatCount } from '../format.ts';
import { addressOf, reportPath } from './addresses.ts';
import { type DataView, dataView } from './boards.ts';
import type { DataResults } from './results.ts';
import { type LeftOut, type Published, dayOf, inTime } from './published.ts';

/** What index.hbs reads. Text is unescaped: the template escapes it. */
export interface IndexView {
  readonly subtitle: string;
  readonly data: readonly DataView[];
  readonly methods: readonly { readonly name: string; readonly href: string }[];
  /** The newest first. */
  readonly recordings: readonly {
    readonly name: string;
    readonly day: string;
    readonly href: string;
    readonly about: string;
    /** Id of its data set; `throughput` where it trained nothing. */
    readonly data: string;
    /** JSON list of the names of its methods, for the filter. */
    readonly methods: string;
    readonly files: readonly { readonly name: string; readonly href: string }[];
  }[];
  /** Recordings that the site is without. */
  readonly leftOut: readonly LeftOut[];
  /** Whether there are recordings that trained nothing. */
  readonly throughput: boolean;
}

export function indexView(
  published: readonly Published[],
  groups: readonly DataResults[],
  methodPaths: ReadonlyMap<string, string>,
  filesOf: (published: Published) => readonly string[],
  leftOut: readonly LeftOut[],
): IndexView {
  const data = groups.map((same, i) => dataView(same, i, methodPaths));
  const idOf = (one: Published) =>
    data[groups.findIndex((same) => same.published.includes(one))]?.id ?? 'throughput';
  const recordings = inTime(published)
    .reverse()
    .map((one) => ({
      name: one.folder,
      day: dayOf(one),
      href: addressOf(reportPath(one)),
      about: aboutText(one),
      data: idOf(one),
      methods: JSON.stringify(methodsIn(one)),
      files: filesOf(one).map((name) => ({
        name,
        href: addressOf(`recordings/${one.folder}/${name}`),
      })),
    }));
  return {
    subtitle: `${plural(recordings.length, 'recording')} of ${plural(methodPaths.size, 'method')} on ${plural(data.length, 'data set')}`,
    data,
    methods: [...methodPaths].map(([name, path]) => ({ name, href: addressOf(path) })),
    recordings,
    leftOut,
    throughput: recordings.some(({ data }) => data === 'throughput'),
  };
}

/** Names of all that a recording ran or timed, in alphabetical order. */
export function methodsIn({ recording: { runs, throughput = [] } }: Published): string[] {
  const timed = throughput.flatMap((record) => (record.kind === 'method' ? [record.method] : []));
  return [...new Set([...runs.map(({ method }) => method), ...timed])].sort();
}

function aboutText(one: Published): string {
  const { environment, runs, throughput = [] } = one.recording;
  const { data } = environment;
  return [
    ...(data === undefined || runs.length === 0
      ? []
      : [`${data.name}, ${data.protocol} split, ${plural(runs.length, 'run')}`]),
    ...(throughput.length === 0 ? [] : ['throughput on random ids']),
    plural(methodsIn(one).length, 'method'),
    environment.cpu,
  ].join('; ');
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
