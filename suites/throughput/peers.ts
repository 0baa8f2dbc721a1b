import { execa } from 'execa';
import { Fault } from '../../harness/contract/fault.ts';
import type { OptimizerRule } from '../../harness/contract/backend.ts';
import { peerFile } from './programs.ts';
import type { ThroughputSettings } from './settings.ts';

/** A Python that has PyTorch. */
export interface Installed {
  /** As it was asked for. */
  readonly python: string;
  readonly version: string;
  readonly pythonVersion: string;
  /** What multiplies matrices in it: MKL, openblas, libblas. */
  readonly blas: string;
  /** Whether it has torch.compile; that may still fail. */
  readonly compiles: boolean;
}

/** PyTorch with one setting of its threads. */
export interface Peer extends Omit<Installed, 'compiles'> {
  readonly mode: 'eager' | 'compiled';
  readonly operationThreads: number;
  readonly blasThreads: number;
  readonly optimizer: OptimizerRule;
  readonly scale: number;
  readonly dim: number;
  readonly bottom: readonly number[];
  readonly top: readonly number[];
}

/** Rules that PyTorch has for sparse rows and dense weights alike. */
const commonRules: readonly OptimizerRule[] = ['sgd', 'adagrad'];

/**
 * Looks for PyTorch: in the Pythons asked for, where its absence is a Fault, or in `python3`, where it is one line to
 * `note`.
 */
export async function findPyTorch(
  pythons: readonly string[] | undefined,
  note: (line: string) => void,
): Promise<Installed[]> {
  const found: Installed[] = [];
  for (const python of new Set(pythons ?? ['python3'])) {
    const answer = await probe(python);
    if ('missing' in answer) {
      if (pythons !== undefined)
        throw new Fault(
          `--python ${python}: ${answer.missing}; name another, or leave it out with --no-peer`,
        );
      note(`no PyTorch beside it: ${python}: ${answer.missing}`);
      continue;
    }
    if (answer.blas === 'libblas')
      note(
        `${python}: its PyTorch multiplies with plain libblas, many times slower than OpenBLAS or MKL: ` +
          `install OpenBLAS (Debian: libopenblas0) for a fair comparison`,
      );
    found.push(answer);
  }
  return found;
}

async function probe(python: string): Promise<Installed | { missing: string }> {
  const { failed, code, stdout, stderr } = await execa(python, [peerFile, 'probe'], { reject: false });
  if (code === 'ENOENT' || code === 'EACCES') return { missing: 'no such program' };
  if (failed) return { missing: `it does not run (${(stderr ?? '').trim().split('\n').at(-1)})` };
  let answer: { error?: string; version: string; python: string; blas: string; compiles: boolean };
  try {
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    return { missing: 'it is no Python' };
  }
  if (answer.error !== undefined) return { missing: `no torch in it (${answer.error})` };
  const { version, python: pythonVersion, blas, compiles } = answer;
  return { python, version, pythonVersion, blas, compiles };
}

/**
 * Every PyTorch eager, and compiled where it can, with every number of threads. Where matrix products have threads of
 * their own (OpenBLAS), also with all of them there and one for everything else: on small networks that is often
 * faster. The best of the settings with a number of threads is the peer there.
 */
export function expandPeers(
  settings: Pick<ThroughputSettings, 'optimizers' | 'scales' | 'dim' | 'bottom' | 'top'>,
  installed: readonly Installed[],
  threadCounts: readonly number[],
  note: (line: string) => void,
): Peer[] {
  const { optimizers, scales, dim, bottom, top } = settings;
  for (const rule of optimizers)
    if (installed.length > 0 && !commonRules.includes(rule))
      note(`no PyTorch beside ${rule}: it has no such rule for sparse rows and dense weights alike`);
  const rules = optimizers.filter((rule) => commonRules.includes(rule));
  return rules.flatMap((optimizer) =>
    scales.flatMap((scale) =>
      installed.flatMap(({ compiles, ...torch }) =>
        [...new Set(threadCounts)].flatMap((threads) =>
          variants(threads, torch.blas, compiles).map((variant) => ({
            ...torch,
            ...variant,
            ...{ optimizer, scale, dim, bottom, top },
          })),
        ),
      ),
    ),
  );
}

function variants(threads: number, blas: string, compiles: boolean) {
  const alike = { operationThreads: threads, blasThreads: threads };
  return [
    { mode: 'eager' as const, ...alike },
    ...(threads > 1 && blas !== 'MKL'
      ? [{ mode: 'eager' as const, operationThreads: 1, blasThreads: threads }]
      : []),
    ...(compiles ? [{ mode: 'compiled' as const, ...alike }] : []),
  ];
}

/** `PyTorch 2.6.0 compiled, 2 threads, sgd` */
export function peerTitle({ version, mode, operationThreads, blasThreads, optimizer, scale }: Peer): string {
  const threads =
    operationThreads === blasThreads
      ? `${blasThreads} thread${blasThreads === 1 ? '' : 's'}`
      : `${blasThreads} threads for products, ${operationThreads} for the rest`;
  return `PyTorch ${version} ${mode}, ${threads}, ${optimizer}${scale === 1 ? '' : `, scale ${scale}`}`;
}
