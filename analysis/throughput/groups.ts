import { baseline } from '../comparisons/comparable.ts';
import type {
  CompletedMethod,
  CompletedPeer,
  MethodThroughput,
  Rate,
  ThroughputRecord,
} from '../../results/throughput-record.ts';
import type { Estimate } from '../statistics/estimates.ts';
import { ratioToFull, roundRatio, sameRounds } from './ratios.ts';

/** The records that may stand in one chart: the same model with its options, optimizer, batch size and tables. */
export interface ThroughputGroup {
  readonly setting: GroupSetting;
  /** Sorted by backend, then threads, then as recorded. */
  readonly rows: readonly ThroughputRow[];
  readonly peers: readonly PeerRow[];
  /** Infeasible and failed records. */
  readonly missing: readonly Exclude<ThroughputRecord, { status: 'completed' }>[];
}

export interface GroupSetting {
  /** The model's title; that of records from before there were others is DLRM's. */
  readonly model: string;
  readonly network: string;
  readonly dim: number;
  readonly optimizer: string;
  readonly batchSize: number;
  readonly scale: number;
  readonly ids: number;
}

/** A method with its ratios; a ratio without a counterpart in the same rounds is undefined. */
export interface ThroughputRow {
  readonly record: CompletedMethod;
  /** Training speed as a share of the speed of its matrix products alone, at most about 1; undefined if it has none. */
  readonly shareOfBound: Estimate | undefined;
  /** Speeds as multiples of those of `full` on the same backend and threads. */
  readonly toFull: { readonly train: Estimate; readonly inference: Estimate } | undefined;
  /** Speeds as multiples of the fastest PyTorch's on the same device, see `bestPeer`; inference may have another one. */
  readonly toPeer: { readonly train: Estimate; readonly inference: Estimate } | undefined;
  /** Training speed as a multiple of that with the largest tables of the recording; undefined for those themselves. */
  readonly toLargest: Estimate | undefined;
}

export interface PeerRow {
  readonly record: CompletedPeer;
  /** True if none of its rivals trains faster. */
  readonly best: boolean;
  /** The number of records it competes with, itself included. */
  readonly rivals: number;
}

/** Title of the only model there was before records named theirs. */
export const onlyModel = 'DLRM';

/** Small batches first, then small tables. */
export function throughputGroups(records: readonly ThroughputRecord[]): ThroughputGroup[] {
  const groups = new Map<string, ThroughputRecord[]>();
  for (const record of records) {
    const key = JSON.stringify(settingOf(record));
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()]
    .map((members) => groupOf(members, records))
    .sort(({ setting: a }, { setting: b }) => {
      for (const name of ['optimizer', 'model', 'network', 'dim', 'batchSize', 'scale'] as const)
        if (a[name] !== b[name]) return a[name] < b[name] ? -1 : 1;
      return 0;
    });
}

/**
 * The fastest PyTorch in the group, by training or by inference: on the CPU with as many threads, on a GPU with products
 * in fp32 as ours are.
 */
export function bestPeer(
  peers: readonly CompletedPeer[],
  ours: Pick<ThroughputRecord, 'device' | 'threads' | 'measurement'>,
  work: 'train' | 'inference',
): CompletedPeer | undefined {
  return rivalsOf(peers, ours).reduce<CompletedPeer | undefined>(
    (best, peer) => (best === undefined || peer[work].median > best[work].median ? peer : best),
    undefined,
  );
}

function rivalsOf(
  peers: readonly CompletedPeer[],
  ours: Pick<ThroughputRecord, 'device' | 'threads' | 'measurement'>,
): CompletedPeer[] {
  return peers.filter(
    (peer) =>
      peer.device === ours.device &&
      (peer.device === 'gpu' ? peer.precision === 'fp32' : peer.threads === ours.threads) &&
      sameRounds(peer, ours),
  );
}

function groupOf(members: readonly ThroughputRecord[], all: readonly ThroughputRecord[]): ThroughputGroup {
  const methods = members.filter((one) => one.kind === 'method' && one.status === 'completed');
  const peers = members.filter((one) => one.kind === 'peer' && one.status === 'completed');
  const rows = methods.map((record) => rowOf(record, methods, peers, all));
  return {
    setting: settingOf(members[0]),
    rows: rows.sort(({ record: a }, { record: b }) => compare(a.backend, b.backend) || a.threads - b.threads),
    peers: peers.map((record) => ({
      record,
      best: bestPeer(peers, record, 'train') === record,
      rivals: rivalsOf(peers, record).length,
    })),
    missing: members.filter((one) => one.status !== 'completed'),
  };
}

function rowOf(
  record: CompletedMethod,
  methods: readonly CompletedMethod[],
  peers: readonly CompletedPeer[],
  all: readonly ThroughputRecord[],
): ThroughputRow {
  const full = methods.find(
    (other) =>
      other.method === baseline &&
      other.backend === record.backend &&
      other.threads === record.threads &&
      sameRounds(other, record),
  );
  const [trainer, inferrer] = (['train', 'inference'] as const).map((work) => bestPeer(peers, record, work));
  const largest = largestOf(record, all);
  return {
    record,
    shareOfBound: record.bound && roundRatio(record.train, record.bound),
    toFull: full === undefined || full === record ? undefined : against(record, full, full, ratioToFull),
    toPeer: trainer === undefined || inferrer === undefined ? undefined : against(record, trainer, inferrer),
    toLargest: largest === undefined ? undefined : roundRatio(record.train, largest.train),
  };
}

function against(
  ours: CompletedMethod,
  trainer: { readonly train: Rate },
  inferrer: { readonly inference: Rate },
  ratio: (ours: Rate, theirs: Rate) => Estimate = roundRatio,
): { train: Estimate; inference: Estimate } {
  return {
    train: ratio(ours.train, trainer.train),
    inference: ratio(ours.inference, inferrer.inference),
  };
}

/** The same configuration with the largest tables, where that is another record. */
function largestOf(record: CompletedMethod, all: readonly ThroughputRecord[]): CompletedMethod | undefined {
  const key = configurationKey(record);
  const alike = all.filter(
    (other): other is CompletedMethod =>
      other.kind === 'method' &&
      other.status === 'completed' &&
      sameRounds(other, record) &&
      configurationKey(other) === key,
  );
  const largest = alike.reduce((a, b) => (b.scale > a.scale ? b : a));
  return largest.scale > record.scale ? largest : undefined;
}

/** Everything that was asked except the size of the tables. */
function configurationKey(record: MethodThroughput): string {
  const { method, options, compression, backend, threads } = record;
  const { optimizer, model = onlyModel, network, dim, batchSize, hostRows = false } = record;
  return JSON.stringify([
    ...[method, options, compression.requested, backend, threads],
    ...[optimizer, model, network, dim, batchSize, hostRows],
  ]);
}

function settingOf(record: ThroughputRecord): GroupSetting {
  const { model = onlyModel, network, dim, optimizer, batchSize, scale, ids } = record;
  return { model, network, dim, optimizer, batchSize, scale, ids };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The fewest and the most training steps in one sample on a GPU; undefined if none was timed there. */
export function stepsPerSample({
  rows,
  peers,
}: ThroughputGroup): readonly [min: number, max: number] | undefined {
  const steps = [...rows, ...peers].flatMap(({ record }) =>
    record.device === 'gpu' ? [record.train.stepsPerSample] : [],
  );
  return steps.length === 0 ? undefined : [Math.min(...steps), Math.max(...steps)];
}
