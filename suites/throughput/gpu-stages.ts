import { availableParallelism } from 'node:os';
import type { ThroughputSettings } from './settings.ts';

/** One measurement of a series that shares a budget of time. */
export interface Stage {
  readonly title: string;
  readonly settings: ThroughputSettings;
  /** Share of the time that is left, relative to the stages after it. */
  readonly weight: number;
}

export interface StagesAsked {
  /** Backends on graphics cards; not empty. */
  readonly backends: readonly string[];
  /** A backend on the CPU to compare with; undefined if it does not work. */
  readonly host: string | undefined;
  readonly pythons: readonly string[] | undefined;
  readonly tf32: boolean;
  /** Every path, on sizes that measure nothing. */
  readonly tiny: boolean;
}

/** Sizes of batches from 2,048 to 131,072: the ends and the middle first. */
const full = { dims: [16, 64], first: [2048, 16_384, 131_072], rest: [4096, 8192, 32_768, 65_536] };
const tiny = { dims: [4, 8], first: [32, 64], rest: [16] };

/**
 * The measurements of a graphics card, the most important first: the last ones are left out if time runs out.
 * Configurations of a stage share their rounds; between stages nothing is compared.
 */
export function gpuStages(asked: StagesAsked): Stage[] {
  const { dims, first, rest } = asked.tiny ? tiny : full;
  const { backends, host, pythons, tf32 } = asked;
  const [narrow, wide] = dims;
  const compression = asked.tiny ? 2 : 16; // tiny tables have no room for less
  const common: Omit<ThroughputSettings, 'dims' | 'batches'> = {
    ...{ methods: [{ name: 'full', options: {} }], baseline: true, compressions: [compression] },
    ...{ backends, threads: [availableParallelism()], optimizers: ['sgd'] },
    model: 'dlrm', // the model that PyTorch is timed with
    modelOptions: asked.tiny ? { bottom: [16], top: [16] } : {},
    ...{ scales: [asked.tiny ? 0.0001 : 1], rounds: asked.tiny ? 1 : 5 },
    ...{ profile: true, pythons, tf32 },
  };
  const middle = first[1];
  return [
    { title: `dim ${narrow}`, weight: 8, settings: { ...common, dims: [narrow], batches: first } },
    { title: `dim ${wide}`, weight: 8, settings: { ...common, dims: [wide], batches: first } },
    ...(host === undefined
      ? []
      : [
          {
            title: `beside ${host} on the CPU`,
            weight: 3,
            settings: { ...common, backends: [...backends, host], dims: [narrow], batches: [first[0]] },
          },
        ]),
    {
      title: `dim ${narrow}, more batches`,
      weight: 5,
      settings: { ...common, dims: [narrow], batches: rest },
    },
    { title: `dim ${wide}, more batches`, weight: 5, settings: { ...common, dims: [wide], batches: rest } },
    {
      title: 'adagrad',
      weight: 2,
      settings: { ...common, optimizers: ['adagrad'], dims: [narrow], batches: [middle] },
    },
    {
      title: `methods at ${compression}x`,
      weight: 2,
      settings: {
        ...{ ...common, dims: [narrow], batches: [middle], pythons: [] },
        methods: ['full', 'uniform', 'md', 'hash', 'qr'].map((name) => ({ name, options: {} })),
      },
    },
  ];
}

/** When a stage must end, of times by performance.now(): its share of what is left. Unused time goes to the others. */
export function stageEnd(stages: readonly Pick<Stage, 'weight'>[], now: number, end: number): number {
  const weights = stages.reduce((sum, { weight }) => sum + weight, 0);
  return now + ((end - now) * stages[0].weight) / weights;
}
