import type { OptimizerRule } from '../harness/contract/backend.ts';
import type { TrainingApproximation } from '../harness/contract/training-approximation.ts';

/** A named comparison: its question and its settings. Flags of the command line override them. */
interface Suite {
  readonly name: string;
  readonly question: string;
  /** Names of methods as `--method` takes them, or `all`. */
  readonly methods: readonly string[];
  readonly compressions: readonly number[];
}

/** A suite that trains on a data set and scores. */
export interface TrainingSuite extends Suite {
  readonly seeds: number;
  /** Options for a data set that has them, unless the command sets them: rows of generated data. */
  readonly dataOptions: Readonly<Record<string, number>>;
  /** Options of the command, by their names in code, unless the command sets them. */
  readonly commandOptions?: Readonly<Record<string, unknown>>;
  /** Training approximations; exact training only, if absent. */
  readonly ways?: readonly TrainingApproximation[];
  /** False where references would say nothing about its question. */
  readonly references?: false;
}

/** A suite that times steps on random ids, without a data set. */
export interface ThroughputSuite extends Suite {
  readonly rounds: number;
  readonly batches: readonly number[];
  readonly optimizer: OptimizerRule;
}

const four = ['uniform', 'mixed-dimension', 'hashing-trick', 'quotient-remainder'];

/** The comparison of `--method` alone: small enough for a first look at a new method on a laptop. */
export const defaultSuite: TrainingSuite = {
  name: 'bench',
  question: 'What do the methods asked for cost at 4x and 16x?',
  methods: four,
  compressions: [4, 16],
  seeds: 3,
  dataOptions: { rows: 40_000 },
};

export const trainingSuites: readonly TrainingSuite[] = [
  {
    name: 'quick',
    question: 'Does every part work on this machine? Too few rows to compare anything.',
    methods: four,
    compressions: [8],
    seeds: 1,
    dataOptions: { rows: 8_000 },
  },
  {
    name: 'classic',
    question: 'What do the four classic methods cost from 2x to 64x?',
    methods: four,
    compressions: [2, 4, 8, 16, 32, 64],
    seeds: 3,
    dataOptions: { rows: 152_433 },
  },
  {
    name: 'catalogue',
    question: 'Which of all methods keeps most AUC at 4x, 16x, 64x and 256x, and what does each cost?',
    methods: ['all'],
    compressions: [4, 16, 64, 256],
    seeds: 3,
    dataOptions: { rows: 152_433 },
  },
  {
    name: 'training-memory',
    references: false,
    question: 'What do estimated gradients and coarser activations save in training, and what do they cost?',
    methods: ['full', 'mixed-dimension', 'quotient-remainder'],
    compressions: [16],
    seeds: 3,
    dataOptions: { rows: 152_433 },
    ways: [
      {},
      ...([1, 2, 4, 8] as const).map((rank) => ({ gradients: `sbpca:${rank}` }) as const),
      ...([8, 4, 2] as const).map((activations) => ({ activations })),
      { gradients: 'sbpca:4', activations: 4 },
    ],
  },
];

export const throughputSuite: ThroughputSuite = {
  name: 'throughput',
  question: 'How many samples per second do training and inference take, next to what PyTorch takes?',
  methods: ['full', ...four],
  compressions: [16],
  rounds: 7,
  batches: [2048],
  optimizer: 'sgd',
};
