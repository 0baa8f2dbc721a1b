import { random } from '../../base/random.ts';
import type { TrainingEnvironment } from '../../results/environment.ts';
import type { CompletedRun, InfeasibleRun, RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';

/** Invented records with plausible numbers. No test or document may quote them as results. */

const fullBytes = 33_762_048;
const rows = { train: 800_000, validation: 100_000, test: 100_000 };

/** AUC lost at 4x, 16x and 64x. */
const losses: Readonly<Record<string, readonly number[]>> = {
  'deep-hash': [0.0121, 0.0134, 0.0163],
  'hashing-trick': [0.0041, 0.0092, 0.0187],
  'mixed-dimension': [0.0008, 0.0031, 0.0102],
  'quotient-remainder': [0.0034, 0.0077, 0.0149],
  robe: [0.0029, 0.0071, 0.0128],
  'tensor-train': [0.0052, 0.0068, 0.0101],
  uniform: [0.0021, 0.0058, 0.0121],
};
export const ratios = [4, 16, 64];

export const environment: TrainingEnvironment = {
  recording: '2026-11-23-planted',
  command: '--method all --compression 4,16,64 --seeds 3',
  createdAt: '2026-11-23T04:00:00.000Z',
  commit: '87ef609a0c1d2e3f4a5b6c7d8e9f00112233445566',
  dirty: false,
  version: '0.1.0',
  node: '20.20.2',
  platform: 'linux x64',
  cpu: 'Example 9000 at 3.0 GHz',
  cpus: 8,
  memoryBytes: 33_554_432_000,
  backend: { name: 'wasm', version: '4.22.0', threads: 1 },
  data: {
    name: 'planted',
    protocol: 'temporal',
    fingerprint: 'planted-3f9c2a71',
    rows,
    facts: {
      clickRate: 0.2563,
      cardinalities: Object.fromEntries(
        Array.from({ length: 26 }, (_, i) => [`C${i + 1}`, 40 + i * i * 217]),
      ),
    },
  },
  methods: {
    full: {
      title: 'Uncompressed tables',
      paper: { cite: 'Naumov et al. 2019', url: 'https://arxiv.org/abs/1906.00091' },
    },
    'mixed-dimension': {
      title: 'Wider vectors for frequent fields',
      paper: { cite: 'Ginart et al. 2021', url: 'https://arxiv.org/abs/1909.11810' },
    },
  },
};

interface Asked {
  readonly method: string;
  readonly ratio: number;
  readonly seed: number;
  readonly options?: RunRecord['options'];
  readonly learningRate?: number;
}

/** A run of given test AUC; everything else follows from it and the seed. */
export function completedRun({ auc, ...asked }: Asked & { readonly auc: number }): CompletedRun {
  const { method, ratio, seed } = asked;
  const stream = random(seed * 1000 + ratio + method.length * 31);
  const logloss = 0.55 - (auc - 0.7) * 0.9;
  const scores = { auc, logloss, accuracy: 0.77, normalizedEntropy: 0.93, calibration: 1.002 };
  const speed = (median: number) => ({
    median: median * (0.98 + 0.04 * stream.uniform()),
    mad: median * 0.013,
    count: 30,
  });
  const servingBytes = Math.floor((fullBytes / ratio) * (ratio === 1 ? 1 : 0.97 + 0.03 * stream.uniform()));
  return {
    ...keyOf(asked),
    status: 'completed',
    compression: { requested: ratio, achieved: fullBytes / servingBytes },
    size: {
      parameters: Math.floor(servingBytes / 4),
      servingBytes,
      trainingBytes: servingBytes * 2,
      fullParameters: fullBytes / 4,
      fullBytes,
    },
    quality: {
      ...scores,
      validation: { ...scores, auc: auc + 0.0007 },
      bestPossible: { auc: 0.7702, logloss: 0.4861, accuracy: 0.78, normalizedEntropy: 0.9, calibration: 1 },
      epoch: 1,
    },
    speed: {
      trainSamplesPerSecond: speed(14_000 + 60 * ratio - 400 * method.length),
      inferenceSamplesPerSecond: speed(52_000 + 150 * ratio - 900 * method.length),
      lookupsPerSecond: speed(410_000 + 900 * ratio - 9_000 * method.length),
    },
    memory: { peakRssBytes: 310_000_000 + servingBytes * 3 },
    choices: method === 'full' ? {} : { rows: Math.floor(servingBytes / 64), widths: [16, 8, 4, 4, 2, 1] },
    curve: Array.from({ length: 40 }, (_, i) => ({
      samples: (i + 1) * 20_000,
      loss: logloss + 0.16 * Math.exp(-i / 5) + 0.004 * stream.normal(),
    })),
  };
}

export function infeasibleRun(
  asked: Asked,
  error = 'one row per field is more than the budget',
): InfeasibleRun {
  return {
    ...keyOf(asked),
    status: 'infeasible',
    compression: { requested: asked.ratio },
    error,
    smallestBytes: 1_204_224,
  };
}

export function tooLargeRun(asked: Asked): RunRecord {
  return {
    ...keyOf(asked),
    status: 'too large',
    compression: { requested: asked.ratio },
    error: 'training would take 91 GB of memory, the run may take 25 GB',
    neededBytes: 91e9,
    limitBytes: 25e9,
  };
}

export function failedRun(asked: Asked, error = 'killed by SIGKILL (out of memory?)'): RunRecord {
  return { ...keyOf(asked), status: 'failed', compression: { requested: asked.ratio }, error };
}

/** A recording with as many methods as the catalogue, at its four budgets: real names, invented numbers. */
export function catalogueRecording(seeds = 3): Recording {
  const names = [
    ...['uniform', 'mixed-dimension', 'hashing-trick', 'quotient-remainder', 'complementary-partitions'],
    ...[
      'double-hashing',
      'hashed-elements',
      'lma',
      'robe',
      'bloom',
      'hash-embeddings',
      'memcom',
      'deep-hash',
    ],
    ...['tensor-train', 'low-rank', 'concatenated-chunks', 'clustered', 'cafe', 'cafe-plus', 'ada-embed'],
    ...['frequency-truncation', 'hot-cold', 'product-quantization', 'mgqe', 'dpq', 'pep', 'deep-light'],
    ...[
      'magnitude-pruning',
      'auto-dim',
      'auto-srh',
      'opt-embed',
      'opt-fs',
      'cerp',
      'int8(full)',
      'int4(full)',
    ],
    ...['fp16(mixed-dimension)', 'int8(mixed-dimension)', 'int8(robe)', 'lpt', 'alpt', 'lsq-plus', 'mpe'],
    ...['deduplication', 'binary-code', 'unified-embedding'],
  ];
  const runs: RunRecord[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const noise = random(seed);
    const shared = noise.normal() * 0.0008;
    const draw = () => 0.7613 + shared + noise.normal() * 0.0003;
    runs.push({ ...completedRun({ method: 'full', ratio: 1, seed, auc: draw() }), stages: stagesOf(1) });
    names.forEach((method, i) => {
      // A method has its level, and its slope over budgets.
      const [level, slope] = [((i * 7) % 45) / 45, ((i * 11) % 45) / 45];
      [4, 16, 64, 256].forEach((ratio, step) => {
        const asked = { method, ratio, seed };
        const lost = 0.0006 + 0.004 * level + (0.002 + 0.012 * slope) * step;
        if (slope > 0.8 && ratio > 64 && seed === 1)
          runs.push(infeasibleRun(asked, `a row per id takes ${i + 1}204224 bytes, the budget is 131883`));
        if (slope > 0.8 && ratio > 64) return;
        if (i % 19 === 11 && ratio === 16) return void runs.push(failedRun(asked));
        // One is broken: it must not take the axis from the others.
        const auc = method === 'opt-fs' ? 0.55 : draw() - lost;
        runs.push({ ...completedRun({ ...asked, auc }), stages: stagesOf(1 + (i % 4 === 0 ? 1 : 0)) });
      });
    });
  }
  const known = names.map((name): [string, NonNullable<typeof environment.methods>[string]] => [
    name,
    { title: `Title of ${name}`, paper: { cite: 'A paper, 2024', url: 'https://example.org' } },
  ]);
  return {
    environment: {
      ...environment,
      command: '--suite catalogue',
      methods: { ...environment.methods, ...Object.fromEntries(known) },
    },
    runs,
  };
}

function stagesOf(count: number): CompletedRun['stages'] {
  return ['search', 'training']
    .slice(-count)
    .map((name) => ({ name, seconds: 40.5, samples: 800_000, steps: 391 }));
}

/** Eight methods at three budgets; tensor-train cannot reach 64x and one method crashes at 4x. */
export function plausibleRecording(seeds = 3): Recording {
  const runs: RunRecord[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const noise = random(seed);
    const shared = noise.normal() * 0.0004;
    const draw = () => 0.7613 + shared + noise.normal() * 0.0002;
    runs.push(completedRun({ method: 'full', ratio: 1, seed, auc: draw() }));
    for (const [method, lost] of Object.entries(losses)) {
      ratios.forEach((ratio, i) => {
        const asked = { method, ratio, seed };
        if (method === 'tensor-train' && ratio === 64) runs.push(infeasibleRun(asked));
        else if (method === 'deep-hash' && ratio === 4) runs.push(failedRun(asked));
        else runs.push(completedRun({ ...asked, auc: draw() - lost[i] }));
      });
    }
  }
  return { environment, runs };
}

function keyOf({ method, ratio, seed, options = {}, learningRate = 0.05 }: Asked) {
  return {
    id: `${method}-${JSON.stringify(options)}-${ratio}x-${seed}-${learningRate}`,
    recording: environment.recording,
    dataset: {
      name: 'planted',
      protocol: 'temporal' as const,
      fingerprint: environment.data.fingerprint,
      rows,
    },
    method,
    options,
    model: 'dlrm',
    network: '512-256-64/512-256',
    backend: 'wasm',
    threads: 1,
    optimizer: 'adagrad',
    learningRate,
    batchSize: 2048,
    batchOrder: 'shuffled' as const,
    epochs: 1,
    dim: 16,
    seed,
    startedAt: `2026-11-23T04:0${seed % 10}:00.000Z`,
    seconds: 61.5,
  };
}
