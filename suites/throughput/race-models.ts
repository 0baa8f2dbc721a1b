import type { RoundsWatch } from './rounds-options.ts';
import { interleavedRounds } from './interleaved-rounds.ts';
import { spreadOf } from '../../harness/metrics/spread.ts';
import type { Model } from '../../harness/contract/model.ts';
import type { OptimizerRule } from '../../harness/contract/backend.ts';
import { parseOptions } from '../../base/parse-options.ts';
import { networkText, widthUnder } from '../find-model.ts';
import { expandConfigurations } from './configurations.ts';
import { expandReferences, type Installed } from './references.ts';
import { startConfiguration, startReference } from './workers.ts';

/** A model with the options that it is raced with; those that are left out have their defaults. */
export interface Racer {
  readonly model: Model;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface RaceOptions {
  readonly installed: Installed;
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly dim: number;
  readonly scale: number;
  readonly optimizer: OptimizerRule;
  readonly signal: AbortSignal;
  readonly watch: RoundsWatch;
}

/** Training speed of native as a multiple of that of PyTorch eager: median over the rounds of a batch size, and its MAD. */
export interface Raced {
  readonly batch: number;
  readonly ratio: { readonly median: number; readonly mad: number };
  /** Medians, in samples per second. */
  readonly native: number;
  readonly peer: number;
}

/** The text of a racer: its title and options. */
export const racerTitle = ({ model, options = {} }: Racer): string =>
  `${model.title} (${networkText(model.name, parseOptions(model, options) as Record<string, unknown>)})`;

/** Races one model, one thread each, full tables. Nothing is recorded. Throws where one of the two fails. */
export async function raceModel({ model, options = {} }: Racer, asked: RaceOptions): Promise<Raced[]> {
  const { installed, batches, rounds, scale, optimizer, signal, watch } = asked;
  const settings = {
    ...{ methods: [{ name: 'full', options: {} }], baseline: false, compressions: [], batches, rounds },
    ...{ optimizers: [optimizer], dims: [widthUnder(model, asked.dim)], scales: [scale] },
    ...{ model: model.name, modelOptions: options, profile: false, tf32: false },
  };
  const place = { backend: 'native', threads: 1 };
  const [configuration] = expandConfigurations(settings, [place]);
  const references = expandReferences(settings, [installed], [{ device: 'cpu', threads: 1 }], () => {});
  const eager = references.find(({ mode }) => mode === 'eager')!;
  const candidate = { works: ['train'] as const, device: 'cpu' as const, profiled: false };
  const results = await interleavedRounds(
    [
      { ...candidate, title: 'native', start: () => startConfiguration(configuration, signal) },
      { ...candidate, title: 'PyTorch', start: () => startReference(eager, signal) },
    ],
    { batches, rounds, signal, watch },
  );
  const [ours, theirs] = results.map((result) => {
    if (result.status === 'failed') throw new Error(result.error);
    return result.byBatch;
  });
  return batches.map((batch) => {
    const [a, b] = [ours, theirs].map((byBatch) =>
      byBatch.get(batch)!.works.train!.rounds.map((samples) => spreadOf(samples).median),
    );
    const ratio = spreadOf(a.map((milliseconds, i) => b[i] / milliseconds));
    const speed = (milliseconds: number[]) => (1000 * batch) / spreadOf(milliseconds).median;
    return { batch, ratio, native: speed(a), peer: speed(b) };
  });
}
