import { parseOptions } from '../../base/parse-options.ts';
import type { Model } from '../../harness/contract/model.ts';
import { networkText, widthUnder } from '../find-model.ts';
import type { ReferenceMode, ThroughputSettings } from './settings.ts';

/** A model with the options that it is raced with; those that are left out have their defaults. */
export interface Racer {
  readonly model: Model;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Race {
  /** A Python that has PyTorch. */
  readonly python: string;
  readonly modes: readonly ReferenceMode[];
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly dim: number;
  /** Times Criteo Kaggle's cardinalities. */
  readonly scale: number;
}

/** The text of a racer: its title and options. */
export const racerTitle = ({ model, options = {} }: Racer): string =>
  `${model.title} (${networkText(model.name, parseOptions(model, options) as Record<string, unknown>)})`;

/** One model beside PyTorch: one thread each, full tables, SGD. */
export function raceSettings({ model, options = {} }: Racer, race: Race): ThroughputSettings {
  const { python, modes, batches, rounds, dim, scale } = race;
  return {
    ...{ methods: [{ name: 'full', options: {} }], baseline: false, compressions: [] },
    ...{ backends: ['native'], threads: [1], optimizers: ['sgd'] },
    ...{ batches, rounds, dims: [widthUnder(model, dim)], scales: [scale] },
    ...{ model: model.name, modelOptions: options },
    ...{ pythons: [python], referenceModes: modes, profile: false, tf32: false },
  };
}
