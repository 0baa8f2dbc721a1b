import { fullSize } from '../../harness/contract/size.ts';
import { spreadOf } from '../../harness/metrics/spread.ts';
import type { Work } from '../../harness/measuring/timed-work.ts';
import type { Rate, ThroughputRecord } from '../../results/throughput-record.ts';
import { findModel, networkText } from '../find-model.ts';
import { hashOf } from '../job.ts';
import { kaggleCardinalities, scaledKaggleFields } from '../described/kaggle.ts';
import type { Contestant, ContestantSize } from './contestants.ts';
import { hashedSettings } from './hashed-settings.ts';
import type { Opening } from './openings.ts';
import type { Peer } from './peers.ts';
import type { Measured, Standing } from './race.ts';

/** What all records of a measurement have in common. */
export interface Occasion {
  readonly recording: string;
  readonly measurement: string;
  readonly startedAt: string;
}

/** The end of one of ours: measured, failed on the way, or never a plan. */
export type Ending =
  Standing | { readonly status: 'infeasible'; readonly error: string; readonly smallestBytes: number };

/** One record for each batch size, but for those that there was no time for. */
export function contestantRecords(
  contestant: Contestant,
  { version, device, software }: Pick<Opening, 'version' | 'device' | 'software'>,
  size: ContestantSize | undefined,
  ending: Ending,
  batches: readonly number[],
  occasion: Occasion,
): ThroughputRecord[] {
  const { compression: requested, modelOptions, ...asked } = contestant;
  const { ids, bytes: fullBytes } = fullTables(contestant);
  return timedBatches(ending, batches).map((batchSize): ThroughputRecord => {
    const common = {
      kind: 'method' as const,
      id: configurationId(contestant, batchSize),
      ...occasion,
      ...asked,
      backendVersion: version,
      device,
      ...(software && { software }),
      model: findModel(asked.model).title,
      network: networkText(asked.model, modelOptions),
      batchSize,
      ids,
    };
    if (ending.status === 'infeasible') {
      const { status, error, smallestBytes } = ending;
      return { ...common, status, compression: { requested }, error, smallestBytes };
    }
    if (ending.status === 'failed')
      return { ...common, status: 'failed', compression: { requested }, error: ending.error };
    const measured = ending.byBatch.get(batchSize)!;
    return {
      ...common,
      status: 'completed',
      compression: { requested, achieved: fullBytes / size!.servingBytes },
      size: { ...size!, fullBytes },
      train: rateOf(measured, 'train', batchSize),
      inference: rateOf(measured, 'inference', batchSize),
      lookups: rateOf(measured, 'lookups', batchSize * kaggleCardinalities.length),
      bound: rateOf(measured, 'products', batchSize),
      ...(measured.profile && { profile: { ...measured.profile, entries: [...measured.profile.entries] } }),
    };
  });
}

export function peerRecords(
  peer: Peer,
  standing: Standing,
  batches: readonly number[],
  occasion: Occasion,
): ThroughputRecord[] {
  const { pythonVersion, modelOptions, ...asked } = peer;
  return timedBatches(standing, batches).map((batchSize): ThroughputRecord => {
    const common = {
      kind: 'peer' as const,
      id: configurationId(peer, batchSize),
      ...occasion,
      name: 'PyTorch',
      ...asked,
      python: pythonVersion, // its version: where it lies is nobody's business
      threads: Math.max(peer.operationThreads, peer.blasThreads),
      model: findModel(asked.model).title,
      network: networkText(asked.model, modelOptions),
      batchSize,
      ids: fullTables(peer).ids,
    };
    if (standing.status === 'failed') return { ...common, status: 'failed', error: standing.error };
    const measured = standing.byBatch.get(batchSize)!;
    const train = rateOf(measured, 'train', batchSize);
    const inference = rateOf(measured, 'inference', batchSize);
    return { ...common, status: 'completed', train, inference };
  });
}

function timedBatches(ending: Ending, batches: readonly number[]): readonly number[] {
  return ending.status === 'completed' ? batches.filter((batch) => ending.byBatch.has(batch)) : batches;
}

/** Per second, of steps that do `units` each. */
function rateOf({ works }: Measured, what: Work, units: number): Rate {
  const { stepsPerSample, rounds } = works[what]!;
  const perSecond = rounds.map((samples) => samples.map((milliseconds) => (1000 * units) / milliseconds));
  return {
    ...{ stepsPerSample, ...spreadOf(perSecond.flat()) },
    rounds: perSecond.map((round) => spreadOf(round).median),
  };
}

function fullTables({ scale, dim }: Pick<Contestant, 'scale' | 'dim'>): { ids: number; bytes: number } {
  const fields = scaledKaggleFields(scale);
  const ids = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
  return { ids, bytes: fullSize({ fields, dim }).servingBytes };
}

/** Identifies what was asked of one of ours, or of PyTorch, at one batch size. */
function configurationId(asked: Contestant | Peer, batchSize: number): string {
  return hashOf({ ...hashedSettings(asked), batchSize });
}
