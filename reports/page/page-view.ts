import { spelled } from '../../base/command-spelling.ts';
import { analyze } from '../../analysis/recording.ts';
import { bestPossible, isCompleted } from '../../analysis/summary/rows.ts';
import { trainingMemory } from '../../analysis/memory/training-memory.ts';
import { throughputGroups } from '../../analysis/throughput/groups.ts';
import type { Environment } from '../../results/environment.ts';
import type { Recording } from '../../results/recording.ts';
import type { ThroughputRecord } from '../../results/throughput-record.ts';
import { formatCount, formatMargin } from '../format.ts';
import { anchorsOf } from '../cards/anchors.ts';
import { type FamilyView, cardsView } from '../cards/cards-view.ts';
import { type ClaimsView, claimsView } from '../claims/claims-view.ts';
import { machinesText, timedText } from '../machines-text.ts';
import { ownSettings, sharedSettings } from '../setting-text.ts';
import { type ComparisonView, comparisonView } from './comparison-view.ts';
import { type Download, recordsDownload, runsTableDownload, throughputDownload } from './downloads.ts';
import { dataCaveats } from './data-facts.ts';
import { dataFacts, machineFacts, randomIdFacts, softwareFacts } from './environment-view.ts';
import type { Fact } from './facts.ts';
import { type MachinesView, machinesView } from './machines-view.ts';
import { type TrainingMemoryView, trainingMemoryView } from './training-memory-view.ts';
import { modelText } from '../throughput/names.ts';
import { type ModelRacesView, modelRacesView } from './model-races-view.ts';
import { type ThroughputView, throughputView } from './throughput-view.ts';

/** The whole report, as page.hbs reads it. Text is unescaped: the template escapes it. */
export interface PageView {
  /** Relative address of a page that lists this recording among others, where there is one. */
  readonly home?: string | undefined;
  readonly title: string;
  readonly subtitle: string;
  /** Sentences about the data that a reader must know before any number. */
  readonly caveats: readonly string[];
  /** Undefined if all runs were trained exactly. */
  readonly memory: TrainingMemoryView | undefined;
  readonly comparisons: readonly ComparisonView[];
  /** Undefined where one model was timed at most. */
  readonly modelRaces: ModelRacesView | undefined;
  readonly throughput: readonly ThroughputView[];
  /** Claims of papers about its methods; undefined if there are none. */
  readonly paperClaims: ClaimsView | undefined;
  /** The least difference of AUC that matters. */
  readonly margin: string;
  /** The reason why what was kept of test rows is left out; empty if it is not. */
  readonly rowNoiseProblem: string;
  /** True if the data were invented, so that the best possible AUC is known. */
  readonly invented: boolean;
  /** True if budgets hold keys. */
  readonly keysCount: boolean;
  /** The number of test rows that runs are paired over; undefined if no scores were kept. */
  readonly testRows: string | undefined;
  /** True if there is nothing to show. */
  readonly bare: boolean;
  readonly protocol: string;
  /** Cards of the methods by family. */
  readonly methods: readonly FamilyView[];
  /** True if a card states a formula. */
  readonly formulas: boolean;
  readonly data: readonly Fact[];
  readonly randomIds: readonly Fact[];
  readonly machine: readonly Fact[];
  /** Undefined if one kind of machine made all runs. */
  readonly machines: MachinesView | undefined;
  /** A sentence on whose speeds are shown; empty if one kind of machine made all runs. */
  readonly timed: string;
  readonly commands: readonly string[];
  readonly downloads: readonly Download[];
  /** True if the run records are too large to be put into the page. */
  readonly tooLarge: boolean;
}

const protocolTexts = {
  temporal: 'Temporal: models train on the first part of time and are tested on the last.',
  random: 'Random: rows are split at random, which is easier than predicting the future.',
  given: 'Given: the log came split into parts.',
  rolling: 'Rolling: models train on the first days and are tested on the next one.',
};

/** Throws a UserError if the runs saw different data or protocols. */
export async function pageView(recording: Recording, margin?: number): Promise<PageView> {
  const { environment, runs, throughput = [] } = recording;
  const analyzed = analyze(recording, margin);
  const { comparisons, series, testRows } = analyzed;
  const settings = comparisons.map(({ setting }) => setting);
  const anchors = anchorsOf([...series.values()].map(({ method }) => method));
  const sections = comparisons.map((comparison, i) => ({ heading: ownSettings(settings, i), comparison }));
  const methods = cardsView(recording, sections, anchors);
  const views: ComparisonView[] = [];
  for (const [index, { heading, comparison }] of sections.entries()) {
    const place = { id: `comparison-${index + 1}`, heading, anchors };
    views.push(await comparisonView(comparison, place, analyzed, environment));
  }
  const throughputViews: ThroughputView[] = [];
  const timed = throughputGroups(throughput);
  const modelRaces = modelRacesView(timed);
  const timedModels = new Set(timed.map(({ setting }) => modelText(setting))).size;
  for (const [index, group] of timed.entries()) {
    const place = {
      id: `throughput-${index + 1}`,
      ...{ alone: timed.length === 1, ofModels: timedModels > 1 },
    };
    throughputViews.push(await throughputView(group, place, series));
  }
  const records = recordsDownload(recording);
  const { data } = environment;
  const about = machinesText(analyzed);
  return {
    ...headline(environment, sharedSettings(settings), throughput),
    caveats: [...(data === undefined ? [] : dataCaveats(data.facts)), ...(about === '' ? [] : [about])],
    memory: await trainingMemoryView(
      trainingMemory(comparisons, { rowNoise: comparisons[0]?.noise.rows ?? {}, margin: analyzed.margin }),
      { overRows: testRows !== undefined, margin: analyzed.margin, series },
    ),
    comparisons: views,
    modelRaces,
    throughput: throughputViews,
    paperClaims: claimsView(recording, analyzed),
    margin: formatMargin(analyzed.margin),
    rowNoiseProblem: analyzed.rowNoiseProblem,
    invented: comparisons.some(({ rows }) => bestPossible(rows.filter(isCompleted)) !== undefined),
    keysCount: settings.some(({ counted }) => counted === 'keys'),
    testRows: testRows && formatCount(testRows.count),
    bare: runs.length + throughput.length === 0,
    protocol: data === undefined ? '' : protocolTexts[data.protocol],
    methods,
    formulas: methods.some(({ cards }) => cards.some(({ formula }) => formula !== undefined)),
    data: dataFacts(environment),
    randomIds: randomIdFacts(environment),
    machine: [...machineFacts(recording, analyzed.machines.runsOf.size), ...softwareFacts(recording)],
    machines: machinesView(recording, analyzed),
    timed: timedText(analyzed),
    commands: commandsOf(environment),
    downloads: [records, runsTableDownload(recording), throughputDownload(throughput)].filter(
      (file) => file !== undefined,
    ),
    tooLarge: runs.length > 0 && records === undefined,
  };
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

/** The commands of both halves; where only throughput was measured, the recording's command is that of the measurement. */
function commandsOf({ data, command, throughput }: Environment): string[] {
  const commands = [
    ...(data === undefined && throughput !== undefined ? [] : [command]),
    ...(throughput === undefined ? [] : [throughput.command]),
  ];
  return commands.map((typed) =>
    spelled(/^bench:(gpu|models)\b/.test(typed) ? `npm run ${typed}` : `npm run bench -- ${typed}`),
  );
}

/** Titles of the models that were timed; records from before there were others have none. */
function modelsOf(throughput: readonly ThroughputRecord[]): string {
  return [...new Set(throughput.map(({ model = 'DLRM' }) => model))].join(', ') || 'DLRM';
}
