import { sum } from '../../base/sum.ts';
import { plural } from '../../base/plural.ts';
import type { Environment } from '../../results/environment.ts';
import type { Recording } from '../../results/recording.ts';
import { formatBytes, formatCount } from '../format.ts';
import { peerPlace } from '../throughput/names.ts';
import { preparationFacts } from './data-facts.ts';
import type { Fact } from './facts.ts';

/** The data of training runs: rows of every part, fingerprint, and facts about the preparation. */
export function dataFacts({ data }: Environment): Fact[] {
  if (data === undefined) return [];
  const { train, validation, test } = data.rows;
  return [
    fact('data set', data.name),
    fact(
      'rows',
      `${formatCount(train)} train, ${formatCount(validation)} validation, ${formatCount(test)} test`,
    ),
    fact('fingerprint', data.fingerprint),
    ...preparationFacts(data.facts),
  ];
}

/** The random ids on which throughput was measured. */
export function randomIdFacts({ throughput }: Environment): Fact[] {
  if (throughput === undefined) return [];
  const { distribution, cardinalities, fields, denseFields } = throughput.ids;
  return [
    fact('ids', `random, ${distribution}`),
    fact('cardinalities', cardinalities),
    fact('fields', `${fields} categorical, ${denseFields} dense`),
    fact('rounds', formatCount(throughput.rounds)),
  ];
}

/** The machine and the code that made the runs. `machines`: the kinds of machines, where several made them. */
export function machineFacts({ environment, runs }: Recording, machines = 1): Fact[] {
  const several = machines > 1 && machines;
  const { backend, commit, dirty } = environment;
  const changed = dirty === true ? ', with uncommitted changes' : '';
  const seconds = sum(runs.map(({ seconds }) => seconds));
  return [
    fact('recording', environment.recording),
    ...(environment.note === undefined ? [] : [fact('note', environment.note)]),
    fact('created', environment.createdAt),
    fact('embed-bench', environment.version),
    fact('commit', commit === null ? 'unknown' : `${commit}${changed}`),
    ...(backend === undefined
      ? []
      : [
          fact(
            'backend',
            several ? `${backend.name}, ${plural(backend.threads, 'thread')}` : backendText(backend),
          ),
        ]),
    ...(several
      ? [fact('machines', `${several}, listed above`)]
      : [
          fact('processor', `${environment.cpu}, ${environment.cpus} cores`),
          fact('memory', formatBytes(environment.memoryBytes)),
          fact('system', `${environment.platform}, Node.js ${environment.node}`),
        ]),
    ...(runs.length === 0 ? [] : [fact('time of all runs', `${formatCount(seconds)} s`)]),
  ];
}

/** The backends and the PyTorch versions that were timed. */
export function softwareFacts({ throughput = [] }: Recording): Fact[] {
  const backends = throughput.flatMap((record) =>
    record.kind === 'method' ? [`${record.backend} ${record.backendVersion}`] : [],
  );
  const peers = throughput.flatMap((record) =>
    record.kind === 'peer'
      ? [
          record.device === 'gpu'
            ? `${record.name} ${record.version} (Python ${record.python}, ${peerPlace(record)})`
            : `${record.name} ${record.version} (Python ${record.python}, products by ${record.blas})`,
        ]
      : [],
  );
  return [
    ...(backends.length === 0 ? [] : [fact('backends timed', [...new Set(backends)].sort().join(', '))]),
    ...(peers.length === 0 ? [] : [fact('beside', [...new Set(peers)].sort().join('; '))]),
  ];
}

function backendText({ name, version, threads }: NonNullable<Environment['backend']>): string {
  return `${name} ${version}, ${plural(threads, 'thread')}`;
}

export interface MethodView {
  readonly name: string;
  readonly title: string;
  readonly cite: string;
  readonly url: string | undefined;
}

/** The methods that were run or timed, where the recording knows their titles. */
export function methodsOf({ environment, runs, throughput = [] }: Recording): MethodView[] {
  const timed = throughput.flatMap((record) => (record.kind === 'method' ? [record.method] : []));
  const ran = [...new Set([...runs.map((run) => run.method), ...timed])].sort();
  return ran.flatMap((name) => {
    const known = environment.methods?.[name];
    if (known === undefined) return [];
    const { cite, url } = known.paper;
    // Escaping does not disarm a javascript: link.
    return [{ name, title: known.title, cite, url: /^https?:\/\//i.test(url) ? url : undefined }];
  });
}

function fact(name: string, value: string): Fact {
  return { name, value, long: false };
}
