import { comparisons } from '../../results/comparable.ts';
import type { Recording } from '../../results/record.ts';
import { seriesOf } from '../series.ts';
import { type ComparisonView, comparisonView } from './comparison-view.ts';
import { type Download, recordsDownload } from './downloads.ts';
import { type MethodView, dataFacts, machineFacts, methodsOf } from './environment-view.ts';
import type { Fact } from './facts.ts';
import { ownSettings, sharedSettings } from './setting-text.ts';

/** What page.hbs reads. Text is unescaped: the template escapes it. */
export interface PageView {
  readonly title: string;
  readonly subtitle: string;
  readonly comparisons: readonly ComparisonView[];
  readonly protocol: string;
  readonly methods: readonly MethodView[];
  readonly data: readonly Fact[];
  readonly machine: readonly Fact[];
  readonly command: string;
  readonly records: Download | undefined;
}

const protocolTexts = {
  temporal: 'Temporal: models train on the first part of time and are tested on the last.',
  random: 'Random: rows are split 8:1:1 at random, which is easier than predicting the future.',
};

/** Throws a Fault where the runs saw different data or protocols. */
export async function pageView(recording: Recording): Promise<PageView> {
  const { environment } = recording;
  const groups = comparisons(recording);
  const settings = groups.map(({ setting }) => setting);
  const series = seriesOf(recording.runs);
  const views: ComparisonView[] = [];
  for (const [index, group] of groups.entries()) {
    const place = { id: `comparison-${index + 1}`, heading: ownSettings(settings, index) };
    views.push(await comparisonView(group, place, series, environment));
  }
  const shared = sharedSettings(settings);
  const { data } = environment;
  const split = data === undefined ? '' : `${data.protocol} split`;
  return {
    title:
      data === undefined ? 'Throughput of embedding compression' : `Embedding compression on ${data.name}`,
    subtitle: [split, shared].filter((text) => text !== '').join(' · '),
    comparisons: views,
    protocol: data === undefined ? '' : protocolTexts[data.protocol],
    methods: methodsOf(recording),
    data: dataFacts(environment),
    machine: machineFacts(recording),
    command: `npm run bench -- ${environment.command}`,
    records: recordsDownload(recording),
  };
}
