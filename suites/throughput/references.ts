import { execa } from 'execa';
import { UserError } from '../../base/user-error.ts';
import type { OptimizerRule } from '../../harness/contract/backend.ts';
import { findModel, widthUnder } from '../find-model.ts';
import { sizeText } from './configurations.ts';
import type { Device, Opened, Precision } from './messages.ts';
import { referencePrograms, probeFile } from './programs.ts';
import type { ReferenceMode, ThroughputSettings } from './settings.ts';

/** A Python that has PyTorch. */
export interface Installed {
  /** The program as it was asked for. */
  readonly python: string;
  readonly version: string;
  readonly pythonVersion: string;
  /** The library that multiplies matrices in it: MKL, openblas, libblas. */
  readonly blas: string;
  /** True if it has torch.compile; that may still fail. */
  readonly compiles: boolean;
  /** The card it reaches through CUDA, and CUDA's version. */
  readonly card?: string;
}

/** PyTorch on the CPU with one setting of its threads, or on a GPU. */
export interface Reference extends Omit<Installed, 'compiles'> {
  readonly mode: ReferenceMode;
  readonly device: Device;
  readonly precision: Precision;
  readonly operationThreads: number;
  readonly blasThreads: number;
  readonly optimizer: OptimizerRule;
  readonly scale: number;
  readonly dim: number;
  readonly model: string;
  readonly modelOptions: Readonly<Record<string, unknown>>;
}

/** Rules that PyTorch has for sparse rows and dense weights alike. */
const commonRules: readonly OptimizerRule[] = ['sgd', 'adagrad'];

/**
 * Looks for PyTorch: in the Pythons asked for, where its absence is a UserError, or in `python3`, where it is one line to
 * `note`. Where a command can do without PyTorch (`optional`), the error says how.
 */
export async function findPyTorch(
  pythons: readonly string[] | undefined,
  note: (line: string) => void,
  { optional = true }: { readonly optional?: boolean } = {},
): Promise<Installed[]> {
  const found: Installed[] = [];
  for (const python of new Set(pythons ?? ['python3'])) {
    const answer = await probe(python);
    if ('missing' in answer) {
      if (pythons !== undefined)
        throw new UserError(
          `--python ${python}: ${answer.missing}; name another${optional ? ', or leave it out with --no-peer' : ''}`,
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

/** A Python is asked once: it does not change while this process runs, and loading PyTorch takes seconds. */
const probes = new Map<string, Promise<Installed | { missing: string }>>();

function probe(python: string): Promise<Installed | { missing: string }> {
  const known = probes.get(python) ?? ask(python);
  probes.set(python, known);
  return known;
}

async function ask(python: string): Promise<Installed | { missing: string }> {
  const { failed, code, stdout, stderr } = await execa(python, [probeFile, 'probe'], { reject: false });
  if (code === 'ENOENT' || code === 'EACCES') return { missing: 'no such program' };
  if (failed) return { missing: `it does not run (${(stderr ?? '').trim().split('\n').at(-1)})` };
  let answer: Omit<Installed, 'python' | 'pythonVersion'> & { error?: string; python: string };
  try {
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    return { missing: 'it is no Python' };
  }
  if (answer.error !== undefined) return { missing: `no torch in it (${answer.error})` };
  return { ...answer, python, pythonVersion: answer.python };
}

/**
 * Every PyTorch eager, and compiled where it can. Beside backends on the CPU with every number of threads that they
 * have; where matrix products have threads of their own (OpenBLAS), also with all of them there and one for everything
 * else: on small networks that is often faster. Beside backends on a GPU through CUDA, compiled also with CUDA graphs.
 * The best of them on the same device with as many threads is the reference.
 */
export function expandReferences(
  settings: Pick<
    ThroughputSettings,
    'optimizers' | 'scales' | 'dims' | 'model' | 'modelOptions' | 'tf32' | 'referenceModes'
  >,
  installed: readonly Installed[],
  openings: readonly Pick<Opened, 'device' | 'threads'>[],
  note: (line: string) => void,
): Reference[] {
  const { optimizers, scales, referenceModes } = settings;
  const found = findModel(settings.model);
  const { name: model } = found;
  const dims = [...new Set(settings.dims.map((dim) => widthUnder(found, dim)))];
  const modelOptions = found.options.parse(settings.modelOptions) as Reference['modelOptions'];
  if (!(model in referencePrograms)) {
    if (installed.length > 0) note(`no PyTorch beside ${model}: there is no program that builds it`);
    return [];
  }
  for (const rule of optimizers)
    if (installed.length > 0 && !commonRules.includes(rule))
      note(`no PyTorch beside ${rule}: it has no such rule for sparse rows and dense weights alike`);
  const onGpu = openings.some(({ device }) => device === 'gpu');
  for (const { python, card } of installed)
    if (onGpu && card === undefined)
      note(`${python}: its PyTorch has no CUDA here: nothing of it beside the GPU`);
  const rules = optimizers.filter((rule) => commonRules.includes(rule));
  const threadCounts = openings.filter(({ device }) => device === 'cpu').map(({ threads }) => threads);
  return rules.flatMap((optimizer) =>
    dims.flatMap((dim) =>
      scales.flatMap((scale) =>
        installed.flatMap((torch) => {
          const variants = [
            ...[...new Set(threadCounts)].flatMap((threads) => cpuVariants(threads, torch)),
            ...(onGpu && torch.card !== undefined ? gpuVariants(torch, settings.tf32) : []),
          ].filter(({ mode }) => referenceModes?.includes(mode) ?? true);
          const { python, version, pythonVersion, blas, card } = torch;
          return variants.map((variant) => ({
            ...{ python, version, pythonVersion, blas },
            ...variant,
            ...(variant.device === 'gpu' && { card }),
            ...{ optimizer, scale, dim, model, modelOptions },
          }));
        }),
      ),
    ),
  );
}

function cpuVariants(threads: number, { blas, compiles }: Installed) {
  const alike = { operationThreads: threads, blasThreads: threads };
  const split = { operationThreads: 1, blasThreads: threads };
  const common = { device: 'cpu' as const, precision: 'fp32' as const };
  return [
    { mode: 'eager' as const, ...common, ...alike },
    ...(threads > 1 && blas !== 'MKL' ? [{ mode: 'eager' as const, ...common, ...split }] : []),
    ...(compiles ? [{ mode: 'compiled' as const, ...common, ...alike }] : []),
  ];
}

/** One thread asks the card; PyTorch has its own for the backward pass. */
function gpuVariants({ compiles }: Installed, tf32: boolean) {
  const modes = compiles ? (['eager', 'compiled', 'graphs'] as const) : (['eager'] as const);
  const precisions = tf32 ? (['fp32', 'tf32'] as const) : (['fp32'] as const);
  return precisions.flatMap((precision) =>
    modes.map((mode) => ({
      ...{ mode, precision, device: 'gpu' as const },
      ...{ operationThreads: 1, blasThreads: 1 },
    })),
  );
}

const modeNames = { eager: 'eager', compiled: 'compiled', graphs: 'compiled with CUDA graphs' };

/** `PyTorch 2.6.0 compiled, 2 threads, sgd, dim 16` */
export function referenceTitle(reference: Reference): string {
  const { version, mode, device, precision, operationThreads, blasThreads, optimizer } = reference;
  const threads =
    operationThreads === blasThreads
      ? `${blasThreads} thread${blasThreads === 1 ? '' : 's'}`
      : `${blasThreads} threads for products, ${operationThreads} for the rest`;
  const place = device === 'gpu' ? `CUDA${precision === 'tf32' ? ' with TF32' : ''}` : threads;
  return `PyTorch ${version} ${modeNames[mode]}, ${place}, ${optimizer}, ${sizeText(reference)}`;
}
