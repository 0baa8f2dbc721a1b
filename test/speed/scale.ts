import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { join, resolve } from 'node:path';
import { writeWhole } from '../../files/whole-file.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { readRecording } from '../../results/store.ts';
import { main } from '../../scripts/terminal/main.ts';
import { complain, print } from '../../scripts/terminal/printed.ts';
import { childrenOf, isAlive } from '../processes.ts';
import { comparableRecords } from '../campaign/sweep.ts';

/**
 * The cost of a log as it grows: planted clicks with Kaggle's cardinalities, from 0.15 to 45.8 million rows. Each size is prepared, and one epoch
 * of each method trained at 16x with Adagrad. `--scale` is the factor on the cardinalities. With 23, 45.8 million rows show as many ids as Kaggle's,
 * 33.8 million; with 1 they show 15.3 million. Writes FOLDER/scale.md, a table that grows with every result, and FOLDER/scale.json.
 *
 * `npx tsx test/speed/scale.ts FOLDER [--rows 152433,1000000,5000000,15000000,45840617] [--methods full,md,qr,hash,pq] [--batch 2048]
 * [--scale 1] [--threads N] [--kill hash [--kill-minutes 1]] [--keep] [flags of bench, such as --backend native]`. FOLDER takes all files, about 16 GB with the largest size;
 * prepared data go once a size is done, unless `--keep`. Interrupted, the same command goes on where it was, in the midst of an epoch. `--kill
 * METHOD` trains it once more at the largest size, killed after its first checkpoint, and compares the records. Hours; a quiet machine.
 */

const flags = process.argv.slice(3);
const folder = resolve(process.argv[2] ?? 'scale');
const root = join(import.meta.dirname, '../..');

function option(name: string, otherwise: string): string {
  const at = flags.indexOf(`--${name}`);
  return at < 0 ? otherwise : flags.splice(at, 2)[1];
}
function isSet(name: string): boolean {
  const at = flags.indexOf(`--${name}`);
  return at >= 0 && flags.splice(at, 1).length > 0;
}
const sizes = option('rows', '152433,1000000,5000000,15000000,45840617').split(',').map(Number);
const methods = option('methods', 'full,md,qr,hash,pq');
const batch = option('batch', '2048');
const scale = option('scale', '1');
const threads = option('threads', '');
const killed = option('kill', '');
const killMinutes = option('kill-minutes', '1');
const keeps = isSet('keep');

interface Prepared {
  readonly rows: number;
  readonly seconds: number;
  /** Seconds of processors. */
  readonly busySeconds: number;
  readonly peakBytes: number;
  readonly diskBytes: number;
  readonly ids: number;
}

const cacheOf = (rows: number) => join(folder, `cache-${rows}`);
const outOf = (rows: number, of = 'rows') => join(folder, `${of}-${rows}`, 'out');
const facts = join(folder, 'scale.json');

/** A verb as a process, with its end. */
function start(verb: string, args: readonly string[]) {
  const child = spawn('node', ['start/verb.js', verb, ...args], {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  const ended = new Promise<{ code: number | null; said: string }>((done) =>
    child.on('close', (code) => done({ code, said })),
  );
  return { pid: child.pid!, ended };
}

/** Ticks of a hundredth of a second that a process and those it has waited for have kept processors busy. */
function ticksOf(pid: number): number {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return fields.slice(11, 15).reduce((total, ticks) => total + Number(ticks), 0);
  } catch {
    return 0;
  }
}

async function prepare(rows: number, known: readonly Prepared[]): Promise<Prepared> {
  const found = known.find((one) => one.rows === rows);
  if (found && (fs.existsSync(cacheOf(rows)) || isDone(rows))) return found;
  complain(`${rows} rows: preparing`);
  const began = performance.now();
  const { pid, ended } = start('data', [
    ...['planted', '--rows', String(rows), '--scale', scale, '--cache', cacheOf(rows)],
  ]);
  let ticks = 0;
  const watch = setInterval(() => (ticks = Math.max(ticks, ticksOf(pid))), 20);
  const { code, said } = await ended;
  clearInterval(watch);
  if (code !== 0) throw new Error(`preparing ${rows} rows ended with ${code}`);
  const seconds = (performance.now() - began) / 1000;
  const [, ids] = /ids: (\d+) in/.exec(said)!;
  const [, gigabytes] = /peak memory ([\d.]+) GB/.exec(said)!;
  const diskBytes = bytesIn(cacheOf(rows));
  return {
    rows,
    seconds,
    busySeconds: ticks / 100,
    peakBytes: 1e9 * Number(gigabytes),
    diskBytes,
    ids: Number(ids),
  };
}

function bytesIn(path: string): number {
  const files = fs
    .readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + fs.statSync(join(parentPath, name)).size, 0);
}

function benchArguments(rows: number, of: string, out: string): string[] {
  return [
    ...[
      '--method',
      of,
      '--dataset',
      'planted',
      '--rows',
      String(rows),
      '--scale',
      scale,
      '--cache',
      cacheOf(rows),
      '--out',
      out,
    ],
    ...['--compression', '16', '--optimizer', 'adagrad', '--seeds', '1', '--batch', batch, '--jobs', '1'],
    ...(threads ? ['--threads', threads] : []),
    ...['--no-references', '--no-baseline', '--no-scores', ...flags],
  ];
}

function runsOf(out: string): readonly RunRecord[] {
  return fs.existsSync(join(out, 'runs.jsonl')) ? readRecording(out).runs : [];
}

/** True if every method is recorded at this size. */
function isDone(rows: number): boolean {
  return runsOf(outOf(rows)).filter(({ status }) => status !== 'failed').length >= methods.split(',').length;
}

async function train(rows: number): Promise<void> {
  complain(`${rows} rows: training`);
  const { code } = await start('bench', benchArguments(rows, methods, outOf(rows))).ended;
  if (code !== 0 && code !== 1) throw new Error(`training on ${rows} rows ended with ${code}`); // 1: a run failed, the table says so
}

/** Kills a run in the midst of its epoch, lets it go on, and compares it with the undisturbed one. */
async function killAndResume(rows: number): Promise<string> {
  const out = outOf(rows, `killed-${killed}`);
  const args = [
    ...benchArguments(rows, killed, out),
    '--checkpoint-minutes',
    killMinutes,
    '--stage-cache',
    '0',
  ];
  const checkpoints = join(out, 'checkpoints');
  let bytes = 0;
  if (runsOf(out).length === 0) {
    const { pid, ended } = start('bench', args);
    const written = () => (fs.existsSync(checkpoints) ? fs.readdirSync(checkpoints) : []);
    while (isAlive(pid) && !written().some((name) => name.endsWith('.step')))
      await new Promise((done) => setTimeout(done, 50));
    if (isAlive(pid)) {
      bytes = bytesIn(checkpoints);
      const workers = childrenOf(pid);
      for (const one of [pid, ...workers]) process.kill(one, 'SIGKILL');
    }
    await ended;
    await start('bench', args).ended;
  }
  const [run] = runsOf(out);
  if (run?.status !== 'completed') return `\`${killed}\`: the resumed run is not complete`;
  if (run.resumed === undefined) return `\`${killed}\` ended before its first checkpoint, and was not killed`;
  const records = (of: string) => comparableRecords(join(folder, `${of}-${rows}`)).get(run.id);
  const same = records(`killed-${killed}`) === records('rows');
  const of = bytes > 0 ? ` from a checkpoint of ${(bytes / 1e9).toFixed(2)} GB` : '';
  return (
    `\`${killed}\` at ${rows} rows, killed in the midst of its epoch and resumed${of}: ` +
    (same ? 'the same record as undisturbed, times aside.' : 'ANOTHER RECORD than undisturbed.')
  );
}

const micro = (seconds: number, rows: number) => ((1e6 * seconds) / rows).toFixed(2);
const giga = (bytes: number) => (bytes / 1e9).toFixed(2);
const inMillions = (count: number) => (count / 1e6).toFixed(2);

function table(prepared: readonly Prepared[], further: readonly string[]): string {
  const preparing = prepared.map(
    ({ rows, seconds, busySeconds, peakBytes, diskBytes, ids }) =>
      `| ${inMillions(rows)} | ${inMillions(ids)} | ${seconds.toFixed(0)} | ${micro(seconds, rows)} | ${micro(busySeconds, rows)} | ` +
      `${giga(peakBytes)} | ${giga(diskBytes)} |`,
  );
  const runs = prepared.flatMap(({ rows }) => runsOf(outOf(rows)).map((run) => ({ rows, run })));
  const order = [...new Set(runs.map(({ run }) => run.method))];
  const training = order.flatMap((method) =>
    runs.filter(({ run }) => run.method === method).map(({ rows, run }) => line(rows, run)),
  );
  return [
    '| rows, M | ids, M | preparing, s | µs a row | processor µs a row | peak GB | on disk, GB |',
    '|---:|---:|---:|---:|---:|---:|---:|',
    ...preparing,
    '',
    '| method | rows, M | serving MB | samples/s | training, s | µs a training row | peak GB | test AUC |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...training,
    ...further.map((text) => `\n${text}`),
    '',
  ].join('\n');
}

function line(rows: number, run: RunRecord): string {
  const start = `| \`${run.method}\` | ${inMillions(rows)} |`;
  if (run.status !== 'completed')
    return `${start} ${run.status}: ${run.error.replaceAll('|', '/')} | | | | | |`;
  const { size, speed, memory, quality }: CompletedRun = run;
  const seconds = run.stages!.reduce((sum, stage) => sum + stage.seconds, 0);
  return (
    `${start} ${(size.servingBytes / 1e6).toFixed(1)} | ${Math.round(speed.trainSamplesPerSecond.median)} | ${seconds.toFixed(0)} | ` +
    `${micro(seconds, run.dataset.rows.train)} | ${giga(memory.peakRssBytes)} | ${quality.auc.toFixed(4)} |`
  );
}

await main(async () => {
  fs.mkdirSync(folder, { recursive: true });
  let prepared = fs.existsSync(facts) ? (JSON.parse(fs.readFileSync(facts, 'utf8')) as Prepared[]) : [];
  const write = (further: readonly string[] = []) => {
    writeWhole(facts, `${JSON.stringify(prepared, undefined, 2)}\n`);
    const asked = [...prepared].sort((a, b) => a.rows - b.rows);
    writeWhole(join(folder, 'scale.md'), table(asked, further));
  };
  for (const rows of sizes) {
    const one = await prepare(rows, prepared);
    prepared = [...prepared.filter((other) => other.rows !== rows), one];
    write();
    if (methods !== '' && !isDone(rows)) await train(rows);
    write();
    if (killed !== '' && rows === Math.max(...sizes)) write([await killAndResume(rows)]);
    if (!keeps) fs.rmSync(cacheOf(rows), { recursive: true, force: true });
  }
  print(fs.readFileSync(join(folder, 'scale.md'), 'utf8'));
  return 0;
});
