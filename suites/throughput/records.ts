import { fullSize } from '../../harness/contract/size.ts';
import { spreadOf } from '../../harness/metrics/spread.ts';
import type { Work } from '../../harness/measuring/timed-work.ts';
import type { Rate, ThroughputRecord } from '../../results/throughput-record.ts';
import { findModel, networkText } from '../find-model.ts';
import { hashOf } from '../job.ts';
import { kaggleCardinalities, scaledKaggleFields } from '../described/kaggle.ts';
import type { Configuration, ConfigurationSize } from './configurations.ts';
import { hashedSettings } from './hashed-settings.ts';
import type { AvailableBackend } from './available-backends.ts';
import type { Reference } from './references.ts';
import type { Measured, ThroughputResult } from './result.ts';

/** The fields that all records of a measurement have in common. */
export interface Occasion {
  readonly recording: string;
  readonly measurement: string;
  readonly startedAt: string;
}

/** The end of one of ours: measured, failed on the way, or never a plan. */
export type Ending =
  | ThroughputResult
  | { readonly status: 'infeasible'; readonly error: string; readonly smallestBytes: number };

/** One record for each batch size, but for those that there was no time for. */
export function configurationRecords(
  configuration: Configuration,
  { version, device, software }: Pick<AvailableBackend, 'version' | 'device' | 'software'>,
  size: ConfigurationSize | undefined,
  ending: Ending,
  batches: readonly number[],
  occasion: Occasion,
): ThroughputRecord[] {
  const { compression: requested, modelOptions, ...asked } = configuration;
  const { ids, bytes: fullBytes } = fullTables(configuration);
  return timedBatches(ending, batches).map((batchSize): ThroughputRecord => {
    const common = {
      kind: 'method' as const,
      id: configurationId(configuration, batchSize),
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
      ...(measured.works.products && { bound: rateOf(measured, 'products', batchSize) }),
      ...(measured.profile && { profile: { ...measured.profile, entries: [...measured.profile.entries] } }),
    };
  });
}

export function referenceRecords(
  reference: Reference,
  result: ThroughputResult,
  batches: readonly number[],
  occasion: Occasion,
): ThroughputRecord[] {
  const { pythonVersion, modelOptions, ...asked } = reference;
  return timedBatches(result, batches).map((batchSize): ThroughputRecord => {
    const common = {
      kind: 'peer' as const,
      id: configurationId(reference, batchSize),
      ...occasion,
      name: 'PyTorch',
      ...asked,
      python: pythonVersion, // its version: where it lies is nobody's business
      threads: Math.max(reference.operationThreads, reference.blasThreads),
      model: findModel(asked.model).title,
      network: networkText(asked.model, modelOptions),
      batchSize,
      ids: fullTables(reference).ids,
    };
    if (result.status === 'failed') return { ...common, status: 'failed', error: result.error };
    const measured = result.byBatch.get(batchSize)!;
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
  const { stepsPerSample, rounds, baseline } = works[what]!;
  const rate = (milliseconds: number) => (1000 * units) / milliseconds;
  const perSecond = rounds.map((samples) => samples.map(rate));
  return {
    ...{ stepsPerSample, ...spreadOf(perSecond.flat()) },
    rounds: perSecond.map((round) => spreadOf(round).median),
    ...(baseline && { baseline: baseline.map(rate) }),
  };
}

function fullTables({ scale, dim }: Pick<Configuration, 'scale' | 'dim'>): { ids: number; bytes: number } {
  const fields = scaledKaggleFields(scale);
  const ids = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
  return { ids, bytes: fullSize({ fields, dim }).servingBytes };
}

/** Identifies what was asked of one of ours, or of PyTorch, at one batch size. */
function configurationId(asked: Configuration | Reference, batchSize: number): string {
  return hashOf({ ...hashedSettings(asked), batchSize });
}
