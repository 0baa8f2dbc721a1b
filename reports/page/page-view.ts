import { type Comparison, comparisons } from '../../results/comparable.ts';
import type { Environment, Recording } from '../../results/record.ts';
import { seriesKey } from '../../results/series-key.ts';
import type { ThroughputRecord } from '../../results/throughput-record.ts';
import { formatCount } from '../format.ts';
import { type Series, seriesOf } from '../series.ts';
import { spotlight } from '../spotlight.ts';
import { summarize } from '../summary.ts';
import { trainingMemory } from '../training-memory.ts';
import { testRowsOf } from '../test-rows.ts';
import { throughputGroups } from '../throughput/groups.ts';
import { anchorsOf } from '../cards/anchors.ts';
import { type FamilyView, cardsView } from '../cards/cards-view.ts';
import { type ComparisonView, comparisonView } from './comparison-view.ts';
import { type Download, recordsDownload, runsTableDownload, throughputDownload } from './downloads.ts';
import { dataFacts, machineFacts, randomIdFacts, softwareFacts } from './environment-view.ts';
import type { Fact } from './facts.ts';
import { ownSettings, sharedSettings } from './setting-text.ts';
import { type TrainingMemoryView, trainingMemoryView } from './training-memory-view.ts';
import { type ThroughputView, throughputView } from './throughput-view.ts';

/** What page.hbs reads. Text is unescaped: the template escapes it. */
export interface PageView {
  /** Where a list of recordings links here: its relative address. */
  readonly home?: string | undefined;
  readonly title: string;
  readonly subtitle: string;
  /** Undefined where all runs were trained exactly. */
  readonly memory: TrainingMemoryView | undefined;
  readonly comparisons: readonly ComparisonView[];
  readonly throughput: readonly ThroughputView[];
  /** Whether a comparison has so many methods that their noise is known together. */
  readonly many: boolean;
  /** Whether budgets hold keys. */
  readonly keysCount: boolean;
  /** How many test rows runs are paired over; undefined where no scores were kept. */
  readonly testRows: string | undefined;
  /** Whether there is nothing to show. */
  readonly bare: boolean;
  readonly protocol: string;
  /** Cards by family. */
  readonly methods: readonly FamilyView[];
  /** Whether a card states a formula. */
  readonly formulas: boolean;
  readonly data: readonly Fact[];
  readonly randomIds: readonly Fact[];
  readonly machine: readonly Fact[];
  readonly commands: readonly string[];
  readonly downloads: readonly Download[];
  /** Whether there are run records that are too large to be put into the page. */
  readonly tooLarge: boolean;
}

const protocolTexts = {
  temporal: 'Temporal: models train on the first part of time and are tested on the last.',
  random: 'Random: rows are split 8:1:1 at random, which is easier than predicting the future.',
};

/** Throws a UserError where the runs saw different data or protocols. */
export async function pageView(recording: Recording): Promise<PageView> {
  const { environment, runs, throughput = [] } = recording;
  const groups = comparisons(recording);
  const settings = groups.map(({ setting }) => setting);
  // One colour for a method, in both halves.
  const varied = [...runs, ...throughput.filter((record) => record.kind === 'method')];
  const series = seriesOf(varied, namedIn(groups, seriesOf(varied)));
  const testRows = testRowsOf(recording);
  const anchors = anchorsOf(varied.map(({ method }) => method));
  const sections = groups.map((comparison, i) => ({ heading: ownSettings(settings, i), comparison }));
  const methods = cardsView(recording, sections, series, anchors);
  const views: ComparisonView[] = [];
  for (const [index, group] of groups.entries()) {
    const place = { id: `comparison-${index + 1}`, heading: ownSettings(settings, index), anchors };
    views.push(await comparisonView(group, place, series, environment, testRows));
  }
  const throughputViews: ThroughputView[] = [];
  const timed = throughputGroups(throughput);
  for (const [index, group] of timed.entries()) {
    const place = { id: `throughput-${index + 1}`, alone: timed.length === 1 };
    throughputViews.push(await throughputView(group, place, series));
  }
  const records = recordsDownload(recording);
  const { data } = environment;
  return {
    ...headline(environment, sharedSettings(settings), throughput),
    memory: trainingMemoryView(trainingMemory(groups, series, testRows), testRows !== undefined),
    comparisons: views,
    throughput: throughputViews,
    many: views.some(({ overview }) => overview !== undefined),
    keysCount: settings.some(({ counted }) => counted === 'keys'),
    testRows: testRows && formatCount(testRows.count),
    bare: runs.length + throughput.length === 0,
    protocol: data === undefined ? '' : protocolTexts[data.protocol],
    methods,
    formulas: methods.some(({ cards }) => cards.some(({ formula }) => formula !== undefined)),
    data: dataFacts(environment),
    randomIds: randomIdFacts(environment),
    machine: [...machineFacts(recording), ...softwareFacts(recording)],
    commands: commandsOf(environment),
    downloads: [records, runsTableDownload(recording), throughputDownload(throughput)].filter(
      (file) => file !== undefined,
    ),
    tooLarge: runs.length > 0 && records === undefined,
  };
}

/** What charts name, where there are more methods than they could: in any of the comparisons. */
function namedIn(
  groups: readonly Comparison[],
  series: ReadonlyMap<string, Series>,
): ReadonlySet<string> | undefined {
  const named = groups.map(({ runs }) => ({ runs, keys: spotlight(summarize(runs, series)) }));
  if (named.every(({ keys }) => keys === undefined)) return undefined;
  return new Set(named.flatMap(({ runs, keys }) => [...(keys ?? runs.map(seriesKey))]));
}

function headline(
  { data }: Environment,
  shared: string,
  throughput: readonly ThroughputRecord[],
): Pick<PageView, 'title' | 'subtitle'> {
  if (data === undefined)
    return {
      title: 'Throughput of embedding compression',
      subtitle: `${modelsOf(throughput)} on random ids`,
    };
  const split = `${data.protocol} split`;
  return {
    title: `Embedding compression on ${data.name}`,
    subtitle: shared === '' ? split : `${split} · ${shared}`,
  };
}

/** Of either half; where only throughput was measured, the recording's command is its own. */
function commandsOf({ data, command, throughput }: Environment): string[] {
  const commands = [
    ...(data === undefined && throughput !== undefined ? [] : [command]),
    ...(throughput === undefined ? [] : [throughput.command]),
  ];
  return commands.map((typed) =>
    typed.startsWith('bench:gpu ') ? `npm run ${typed}` : `npm run bench -- ${typed}`,
  );
}

/** Titles of the models that were timed; records from before there were others have none. */
function modelsOf(throughput: readonly ThroughputRecord[]): string {
  return [...new Set(throughput.map(({ model = 'DLRM' }) => model))].join(', ') || 'DLRM';
}
