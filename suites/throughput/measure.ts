import { setMaxListeners } from 'node:events';
import { basename, join } from 'node:path';
import { availableMemory } from 'node:process';
import { works } from '../../harness/measuring/timed-work.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { openThroughputStore } from '../../results/store.ts';
import type { ThroughputRecord } from '../../results/throughput-record.ts';
import { describeMachine, describeMethods } from '../running/environment.ts';
import { errorText } from '../running/describe-exit.ts';
import { hashOf } from '../job.ts';
import { kaggleCardinalities } from '../described/kaggle.ts';
import { requireWritable } from '../running/recording-folder.ts';
import {
  type Contestant,
  type ContestantSize,
  expandContestants,
  layerOf,
  planOf,
  sizeOfContestant,
  titleOf,
} from './contestants.ts';
import { hashedSettings } from './hashed-settings.ts';
import { requireMemory } from './memory.ts';
import { findOpenings, type Opening } from './openings.ts';
import { expandPeers, findPyTorch, peerTitle } from './peers.ts';
import { race, type RaceWatch } from './race.ts';
import { startContestant, startPeer } from './racers.ts';
import { contestantRecords, peerRecords, type Ending } from './records.ts';
import { denseFields, type ThroughputSettings } from './settings.ts';

export interface MeasureOptions {
  /** Folder of the recording; by default one under results/ that the settings decide. */
  readonly out?: string;
  /** Hosts that no longer run: their locks are free. */
  readonly goneHosts?: readonly string[];
  readonly command: string;
  readonly signal: AbortSignal;
  readonly watch: RaceWatch;
  /** Told in one line what is left out, and why. */
  readonly note: (line: string) => void;
  /** By performance.now(): what is measured until then is recorded, batch size by batch size. */
  readonly deadline?: number;
}

export interface Measurement {
  readonly directory: string;
  readonly records: readonly ThroughputRecord[];
}

/**
 * Measures the throughput of every contestant, and of PyTorch where it is, and records it: all at the end, for a
 * measurement without its last rounds is none. The same command measures again; the later records count.
 */
export async function measureThroughput(
  settings: ThroughputSettings,
  { out, goneHosts, command, signal, watch, note, deadline }: MeasureOptions,
): Promise<Measurement> {
  setMaxListeners(0, signal); // every process listens for as long as it lives
  expandContestants(settings, []); // names are wrong before anything is started
  requireWritable(out ?? 'results');
  const installed = await findPyTorch(settings.pythons, note);
  const openings = await findOpenings(settings.backends, settings.threads, signal, note);
  const contestants = expandContestants(settings, openings).map((contestant) => ({
    contestant,
    ...planned(contestant),
    opening: openingOf(contestant, openings),
  }));
  const peers = expandPeers(settings, installed, openings, note);

  const feasible = contestants.filter(({ size }) => size !== undefined);
  requireMemory(
    feasible.map(({ size, opening }) => (opening.device === 'gpu' ? 0 : size!.tableBytes)),
    peers.map(({ scale, dim, optimizer, device }) => {
      if (device === 'gpu') return 0;
      const { fields } = layerOf({ scale, dim, compression: 1 });
      const ids = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
      return 4 * dim * ids * (optimizer === 'sgd' ? 1 : 2);
    }),
    availableMemory(),
  );

  const { batches } = settings;
  const asked = hashOf([
    contestants.map(({ contestant }) => hashedSettings(contestant)),
    peers.map(hashedSettings),
    batches,
  ]).slice(0, 8);
  const directory = out ?? join('results', `throughput-${asked}`);
  const startedAt = new Date().toISOString();
  const recording = basename(directory);
  const occasion = { recording, measurement: hashOf([startedAt, asked]), startedAt };
  const machine = await describeMachine(recording, command);
  const { createdAt, commit, dirty } = machine;
  const environment = {
    ...machine,
    throughput: { ...{ command, createdAt, commit, dirty }, ids: randomIds, rounds: settings.rounds },
    methods: describeMethods(contestants.map(({ contestant }) => contestant.method)),
  };
  const store = openThroughputStore(directory, environment, { goneHosts });
  try {
    const standings = await race(
      [
        ...feasible.map(({ contestant, opening }) => ({
          title: titleOf(contestant),
          works,
          device: opening.device,
          profiled: settings.profile,
          start: () => startContestant(contestant, signal),
        })),
        ...peers.map((peer) => ({
          title: peerTitle(peer),
          works: ['train', 'inference'] as const,
          device: peer.device,
          profiled: false,
          start: () => startPeer(peer, signal),
        })),
      ],
      { batches, rounds: settings.rounds, signal, watch, deadline },
    );
    const records = [
      ...contestants.flatMap(({ contestant, size, unplanned, opening }) => {
        const place = feasible.findIndex((one) => one.contestant === contestant);
        const ending = unplanned ?? standings[place];
        return contestantRecords(contestant, opening, size, ending, batches, occasion);
      }),
      ...peers.flatMap((peer, i) => peerRecords(peer, standings[feasible.length + i], batches, occasion)),
    ];
    for (const record of records) store.append(record);
    return { directory, records };
  } finally {
    store.close();
  }
}

/** A contestant's size, or why it is no contestant: that of one method must not end the measurement of the others. */
function planned(contestant: Contestant): { size?: ContestantSize; unplanned?: Ending } {
  try {
    const plan = planOf(contestant);
    if (!isInfeasible(plan)) return { size: sizeOfContestant(plan, contestant.optimizer) };
    const { reason: error, smallestBytes } = plan;
    return { unplanned: { status: 'infeasible', error, smallestBytes } };
  } catch (error) {
    return { unplanned: { status: 'failed', error: errorText(error) } };
  }
}

function openingOf(contestant: Contestant, openings: readonly Opening[]): Opening {
  const { backend, threads } = contestant;
  return openings.find((one) => one.backend === backend && one.threads === threads)!;
}

const randomIds = {
  distribution: 'log-uniform within each field',
  cardinalities: "Criteo Kaggle's times each record's scale",
  fields: kaggleCardinalities.length,
  denseFields,
};
