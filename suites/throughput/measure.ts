import { setMaxListeners } from 'node:events';
import { basename, join } from 'node:path';
import { availableMemory } from 'node:process';
import { works, type Work } from '../../harness/measuring/timed-work.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { openThroughputStore } from '../../results/store.ts';
import type { ThroughputRecord } from '../../results/throughput-record.ts';
import { describeMachine, describeMethods } from '../running/environment.ts';
import { errorText } from '../running/describe-exit.ts';
import { findModel } from '../find-model.ts';
import { hashOf } from '../job.ts';
import { kaggleCardinalities } from '../described/kaggle.ts';
import { requireWritable } from '../running/recording-folder.ts';
import {
  type Configuration,
  type ConfigurationSize,
  expandConfigurations,
  layerOf,
  planOf,
  sizeOfConfiguration,
  titleOf,
} from './configurations.ts';
import { hashedSettings } from './hashed-settings.ts';
import { requireMemory } from './memory.ts';
import { findAvailableBackends, type AvailableBackend } from './available-backends.ts';
import { expandReferences, findPyTorch, referenceTitle } from './references.ts';
import type { Candidate } from './candidate.ts';
import type { RoundsWatch } from './rounds-options.ts';
import { interleavedRounds } from './interleaved-rounds.ts';
import { startConfiguration, startReference } from './workers.ts';
import { configurationRecords, referenceRecords, type Ending } from './records.ts';
import { denseFields, type ThroughputSettings } from './settings.ts';

export interface MeasureOptions {
  /** Folder of the recording; by default one under results/ that the settings decide. */
  readonly out?: string;
  /** Hosts that no longer run: their locks are free. */
  readonly goneHosts?: readonly string[];
  readonly command: string;
  /** The user's text about the recording. */
  readonly about?: string;
  readonly signal: AbortSignal;
  readonly watch: RoundsWatch;
  /** Told in one line what is left out, and why. */
  readonly note: (line: string) => void;
  /** A time by performance.now(): what is measured until then is recorded, batch size by batch size. */
  readonly deadline?: number;
}

export interface Measurement {
  readonly directory: string;
  readonly records: readonly ThroughputRecord[];
}

/**
 * Measures the throughput of every configuration, and of PyTorch where it is, and records it: all at the end, for a
 * measurement without its last rounds is none. The same command measures again; the later records count.
 */
export async function measureThroughput(
  settings: ThroughputSettings,
  { out, goneHosts, command, about, signal, watch, note, deadline }: MeasureOptions,
): Promise<Measurement> {
  setMaxListeners(0, signal); // every process listens for as long as it lives
  expandConfigurations(settings, []); // names are wrong before anything is started
  requireWritable(out ?? 'results');
  const installed = await findPyTorch(settings.pythons, note);
  const available = await findAvailableBackends(settings.backends, settings.threads, signal, note);
  const configurations = expandConfigurations(settings, available).map((configuration) => ({
    configuration,
    ...planned(configuration),
    opened: openingOf(configuration, available),
  }));
  const references = expandReferences(settings, installed, available, note);

  const feasible = configurations.filter(({ size }) => size !== undefined);
  requireMemory(
    feasible.map(({ size, opened }) => (opened.device === 'gpu' ? 0 : size!.tableBytes)),
    references.map(({ scale, dim, optimizer, device }) => {
      if (device === 'gpu') return 0;
      const { fields } = layerOf({ scale, dim, compression: 1 });
      const ids = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
      return 4 * dim * ids * (optimizer === 'sgd' ? 1 : 2);
    }),
    availableMemory(),
  );

  const { batches } = settings;
  const asked = hashOf([
    configurations.map(({ configuration }) => hashedSettings(configuration)),
    references.map(hashedSettings),
    batches,
  ]).slice(0, 8);
  const directory = out ?? join('results', `throughput-${asked}`);
  const startedAt = new Date().toISOString();
  const recording = basename(directory);
  const occasion = { recording, measurement: hashOf([startedAt, asked]), startedAt };
  const machine = await describeMachine(recording, command);
  const { createdAt, commit, dirty } = machine;
  const environment = {
    ...(about !== undefined && { note: about }),
    ...machine,
    throughput: { ...{ command, createdAt, commit, dirty }, ids: randomIds, rounds: settings.rounds },
    methods: describeMethods(configurations.map(({ configuration }) => configuration.method)),
  };
  const store = openThroughputStore(directory, environment, { goneHosts });
  try {
    const results = await interleavedRounds(
      [
        ...feasible.map(({ configuration, opened }) => ({
          title: titleOf(configuration),
          works: worksOf(configuration),
          device: opened.device,
          profiled: settings.profile,
          start: () => startConfiguration(configuration, signal),
          ...baselineAmong(
            feasible.map((one) => one.configuration),
            configuration,
          ),
        })),
        ...references.map((reference) => ({
          title: referenceTitle(reference),
          works: ['train', 'inference'] as const,
          device: reference.device,
          profiled: false,
          start: () => startReference(reference, signal),
        })),
      ],
      { batches, rounds: settings.rounds, signal, watch, deadline },
    );
    const records = [
      ...configurations.flatMap(({ configuration, size, unplanned, opened }) => {
        const place = feasible.findIndex((one) => one.configuration === configuration);
        const ending = unplanned ?? results[place];
        return configurationRecords(configuration, opened, size, ending, batches, occasion);
      }),
      ...references.flatMap((reference, i) =>
        referenceRecords(reference, results[feasible.length + i], batches, occasion),
      ),
    ];
    for (const record of records) store.append(record);
    return { directory, records };
  } finally {
    store.close();
  }
}

/** A configuration's size, or why it is no configuration: that of one method must not end the measurement of the others. */
function planned(configuration: Configuration): { size?: ConfigurationSize; unplanned?: Ending } {
  try {
    const plan = planOf(configuration);
    if (!isInfeasible(plan)) return { size: sizeOfConfiguration(plan, configuration.optimizer) };
    const { reason: error, smallestBytes } = plan;
    return { unplanned: { status: 'infeasible', error, smallestBytes } };
  } catch (error) {
    return { unplanned: { status: 'failed', error: errorText(error) } };
  }
}

function openingOf(configuration: Configuration, available: readonly AvailableBackend[]): AvailableBackend {
  const { backend, threads } = configuration;
  return available.find((one) => one.backend === backend && one.threads === threads)!;
}

/** The place of full tables that differ from a configuration in nothing else. */
function baselineAmong(
  all: readonly Configuration[],
  configuration: Configuration,
): Pick<Candidate, 'baseline'> {
  const settingsOf = ({ backend, threads, optimizer, scale, dim }: Configuration) =>
    JSON.stringify([backend, threads, optimizer, scale, dim]);
  const baseline = all.findIndex(
    (one) => one.method === 'full' && settingsOf(one) === settingsOf(configuration),
  );
  return baseline < 0 || configuration.method === 'full' ? {} : { baseline };
}

const randomIds = {
  distribution: 'log-uniform within each field',
  cardinalities: "Criteo Kaggle's times each record's scale",
  fields: kaggleCardinalities.length,
  denseFields,
};

/** Without dense layers a model has no matrix products to time. */
function worksOf({ model }: Pick<Configuration, 'model'>): readonly Work[] {
  return works.filter((work) => work !== 'products' || !findModel(model).withoutLayers);
}
