import { existsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { execa } from 'execa';
import { backends, chooseBackend } from '../backends/index.ts';
import { main } from './terminal/main.ts';
import { verb } from './terminal/verb.ts';

const command = verb('doctor', '[options]')
  .description('What works on this machine, and what to do about the rest.')
  .option('--json', 'print one JSON object');

const torchVersion = 'import torch; print("PyTorch", torch.__version__)';

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

async function program(name: string, args: string[], purpose: string): Promise<Finding> {
  const { failed, stdout, stderr } = await execa(name, args, { reject: false });
  const version = (stdout || stderr || '').split('\n')[0];
  return failed
    ? { name, ok: false, detail: `not found; needed ${purpose}` }
    : { name, ok: true, detail: version };
}

async function examine() {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
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
      const { usable, version, detail } = await backend.probe();
      return { name: backend.name, ok: usable, detail: `${backend.title}, tfjs ${version}: ${detail}` };
    }),
  );
  const programs = [
    await program(
      process.env.CXX || 'c++',
      ['--version'],
      'to build the native backend: npm run build:native',
    ),
    await program('zstd', ['--version'], 'for logs compressed as .zst'),
    {
      ...(await program('python3', ['-c', torchVersion], 'for its column in --suite throughput')),
      name: 'PyTorch in python3',
    },
    await program('git', ['--version'], 'to record which version made a result'),
  ];
  const cache = { name: 'prepared data', ok: true, detail: existsSync('.cache') ? 'in .cache' : 'none yet' };
  return { machine, backends: probes, programs, data: [cache], chosen: await chooseBackend('auto') };
}

await main(async () => {
  const { json } = command.parse().opts<{ json?: boolean }>();
  const found = await examine();
  if (json) console.log(JSON.stringify(found));
  else {
    for (const [group, findings] of Object.entries({ ...found, chosen: [] }))
      for (const { name, ok, detail } of findings)
        console.log(`${ok ? 'ok     ' : 'missing'}  ${group}: ${name}: ${detail}`);
    console.log(`--backend auto is ${found.chosen} here`);
  }
  return found.machine[0].ok ? 0 : 1;
});
