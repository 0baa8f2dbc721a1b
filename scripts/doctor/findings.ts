import { existsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { basename } from 'node:path';
import { execa } from 'execa';
import { backends, chooseBackend } from '../../backends/index.ts';
import { findPyTorch } from '../../suites/throughput/references.ts';

/** Something that this project needs or can use, and its state on this machine. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** The version or path that was found, or advice. */
  readonly detail: string;
}

export interface Findings {
  readonly machine: readonly Finding[];
  readonly backends: readonly Finding[];
  readonly programs: readonly Finding[];
  readonly data: readonly Finding[];
  /** The backend that `--backend auto` chooses. */
  readonly chosen: string;
}

/** Everything that works on this machine. These Python programs are searched for PyTorch. */
export async function examine(pythons: readonly string[]): Promise<Findings> {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const machine: Finding[] = [
    {
      name: 'node',
      ok: major > 20 || (major === 20 && minor >= 19),
      detail: `${process.version}; 20.19 or newer is needed`,
    },
    { name: 'cpu', ok: true, detail: `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}` },
    {
      name: 'memory',
      ok: freemem() > 2e9,
      detail: `${gigabytes(freemem())} free of ${gigabytes(totalmem())}; Criteo Kaggle uncompressed at dim 16 takes 2.2 GB, with Adagrad 4.3 GB`,
    },
  ];
  const probes = await Promise.all(
    backends.map(async (backend) => {
      const { usable, automatic = true, version, detail } = await backend.probe();
      const byName = usable && !automatic ? ' (only where asked for by name)' : '';
      return {
        name: backend.name,
        ok: usable,
        detail: `${backend.title}, tfjs ${version}: ${detail}${byName}`,
      };
    }),
  );
  const programs = [
    await program(
      process.env.CXX || 'c++',
      ['--version'],
      'to build the native backend: npm run build:native',
    ),
    await program('zstd', ['--version'], 'for logs compressed as .zst'),
    ...(await Promise.all(pythons.map(pyTorch))),
    await program('git', ['--version'], 'to record which version made a result'),
  ];
  const cache = { name: 'prepared data', ok: true, detail: existsSync('.cache') ? 'in .cache' : 'none yet' };
  return { machine, backends: probes, programs, data: [cache], chosen: await chooseBackend('auto') };
}

export function findingLines({ chosen, ...groups }: Findings): string {
  const lines = Object.entries(groups).flatMap(([group, findings]: [string, readonly Finding[]]) =>
    findings.map(({ name, ok, detail }) => `${ok ? 'ok     ' : 'missing'}  ${group}: ${name}: ${detail}`),
  );
  return [...lines, `--backend auto is ${chosen} here`].join('\n');
}

async function program(name: string, args: string[], purpose: string): Promise<Finding> {
  const { failed, stdout, stderr } = await execa(name, args, { reject: false });
  const version = (stdout || stderr || '').split('\n')[0];
  return failed
    ? { name, ok: false, detail: `not found; needed ${purpose}` }
    : { name, ok: true, detail: version };
}

async function pyTorch(python: string): Promise<Finding> {
  const notes: string[] = [];
  const [found] = await findPyTorch([python], (note) => notes.push(note)).catch((error: Error) => {
    notes.push(error.message);
    return [];
  });
  const name = `PyTorch in ${basename(python)}`; // findings are recorded: where it lies is nobody's business
  if (found === undefined) {
    const why = notes[0].replace(/^--python [^:]*: |; name another.*$/g, '');
    return { name, ok: false, detail: `${why}; needed for its column in --suite throughput` };
  }
  const { version, pythonVersion, blas, compiles, card } = found;
  const compiler = compiles ? 'torch.compile' : 'no torch.compile';
  const cuda = card ?? 'no CUDA: it is timed beside backends on the CPU alone';
  return { name, ok: true, detail: `${version} on Python ${pythonVersion}, ${blas}, ${compiler}; ${cuda}` };
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
