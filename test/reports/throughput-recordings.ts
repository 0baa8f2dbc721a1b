import { random } from '../../base/random.ts';
import type { Recording } from '../../results/recording.ts';
import {
  type CompletedMethod,
  type CompletedPeer,
  type Rate,
  type ThroughputRecord,
  throughputRecord,
} from '../../results/throughput-record.ts';
import { environment } from './recordings.ts';

/** Invented records with plausible numbers. No test or document may quote them as results. */

const rounds = 5;

/** Every round of a measurement has a pace that all contestants share, and a little noise of its own. */
function rate(median: number, seed: number, paceSeed = 1): Rate {
  const [pace, noise] = [random(paceSeed), random(seed)];
  const values = Array.from(
    { length: rounds },
    () => median * (0.85 + 0.3 * pace.uniform()) * (0.99 + 0.02 * noise.uniform()),
  );
  return { stepsPerSample: 1, median, mad: median * 0.04, count: 8 * rounds, rounds: values };
}

const common = {
  recording: 'speeds',
  measurement: 'm1',
  network: '512-256-64/512-256',
  dim: 16,
  optimizer: 'sgd',
  batchSize: 2048,
  scale: 1,
  ids: 33_762_577,
  startedAt: '2026-11-23T05:00:00.000Z',
  device: 'cpu' as const,
};

interface Asked {
  readonly method: string;
  readonly backend: string;
  readonly threads: number;
  readonly train: number;
  readonly scale?: number;
}

export function timedMethod({ method, backend, threads, train, scale = 1 }: Asked): CompletedMethod {
  const requested = method === 'full' ? 1 : 16;
  const fullBytes = Math.round(2_160_804_928 * scale);
  const seed = method.length + threads + backend.length;
  return {
    ...common,
    kind: 'method',
    id: `${method} ${backend} ${threads} ${scale}`,
    status: 'completed',
    ...{ method, backend, threads, scale },
    ids: Math.round(common.ids * scale),
    options: {},
    backendVersion: '4.22.0',
    compression: { requested, achieved: requested * 1.02 },
    size: {
      servingBytes: Math.round(fullBytes / requested),
      tableBytes: Math.round(fullBytes / requested),
      fullBytes,
    },
    train: rate(train, seed),
    inference: rate(train * 3.1, seed + 100),
    lookups: rate(train * 450, seed + 200),
    bound: rate(backend === 'wasm' ? 9_100 : 28_000 * threads, seed + 300),
  };
}

export function timedPeer(
  train: number,
  threads: number,
  mode: CompletedPeer['mode'],
  operationThreads = threads,
): CompletedPeer {
  return {
    ...common,
    kind: 'peer',
    id: `peer ${threads} ${mode} ${operationThreads}`,
    status: 'completed',
    name: 'PyTorch',
    version: '2.6.0+cpu',
    python: '3.11.2',
    blas: 'openblas',
    mode,
    precision: 'fp32',
    threads,
    operationThreads,
    blasThreads: threads,
    train: rate(train, train),
    inference: rate(train * 2.8, train + 1),
  };
}

function failedPeer(error: string): ThroughputRecord {
  return throughputRecord.parse({ ...timedPeer(1, 2, 'compiled'), status: 'failed', error });
}

const profile = {
  steps: 10,
  milliseconds: 40,
  entries: [
    { name: 'BatchMatMul', calls: 26, milliseconds: 20 },
    { name: 'rows: update', calls: 1, milliseconds: 8 },
    { name: 'rows: gather', calls: 1, milliseconds: 4 },
    { name: 'Step', calls: 6, milliseconds: 0.1 },
    { name: 'Relu', calls: 1.5, milliseconds: 0.05 },
  ],
  rest: 7.85,
};

const speeds: Readonly<Record<string, number>> = {
  full: 1,
  'hashing-trick': 1.04,
  'mixed-dimension': 0.71,
  'quotient-remainder': 0.93,
};

/** Three methods on two backends beside PyTorch; uniform has no plan and one contestant crashed. */
export function plausibleThroughput(): ThroughputRecord[] {
  const places = [
    { backend: 'wasm', threads: 1, speed: 5_300 },
    { backend: 'native', threads: 1, speed: 15_000 },
    { backend: 'native', threads: 2, speed: 24_000 },
  ];
  const ours = places.flatMap(({ backend, threads, speed }) =>
    Object.entries(speeds).map(([method, relative]) =>
      timedMethod({ method, backend, threads, train: speed * relative }),
    ),
  );
  const unfinished = {
    ...common,
    kind: 'method' as const,
    ...{ backend: 'wasm', backendVersion: '4.22.0', threads: 1, options: {} },
    compression: { requested: 16 },
  };
  return [
    { ...ours[0], profile },
    ...ours.slice(1),
    {
      ...unfinished,
      ...{ id: 'i', method: 'uniform', status: 'infeasible', smallestBytes: 9, error: 'one row is too much' },
    },
    { ...unfinished, id: 'f', method: 'robe', status: 'failed', error: 'killed (SIGKILL)' },
    timedPeer(9_000, 1, 'eager'),
    timedPeer(13_500, 2, 'eager'),
    timedPeer(15_100, 2, 'eager', 1),
    failedPeer('BackendCompilerFailed: no compiler'),
  ];
}

/** A recording of throughput alone: no data set, no backend of training runs. */
export function throughputRecording(throughput: readonly ThroughputRecord[]): Recording {
  const { createdAt, commit, dirty } = environment;
  const command = '--suite throughput --threads 1,2';
  return {
    environment: {
      ...environment,
      ...{ data: undefined, backend: undefined },
      recording: 'speeds',
      command,
      throughput: {
        ...{ command, createdAt, commit, dirty, rounds },
        ids: {
          distribution: 'log-uniform within each field',
          cardinalities: "Criteo Kaggle's times each record's scale",
          fields: 26,
          denseFields: 13,
        },
      },
    },
    runs: [],
    throughput,
  };
}
