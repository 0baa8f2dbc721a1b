import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { random } from '../../base/random.ts';
import { sum } from '../../base/sum.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';
import { catalogueSeconds } from './catalogue-seconds.ts';

/**
 * Process seconds of the catalogue's runs against those of another checkout, on the Criteo sample. Methods are drawn with a seed, in
 * proportion to the seconds that the catalogue took for them before, so the mean of their ratios estimates the ratio of the whole.
 * The checkouts take turns, method by method: each trains all four budgets with one seed and one rate. Runs of the other checkout and of
 * this one have one thread each and two processes, as recorded.
 *
 * `npx tsx test/speed/sweep.ts OTHER LOG FOLDER [draws = 10] [seed = 1]`; OTHER is a checkout that is installed and built, FOLDER takes recordings.
 */

const [other, log, folder, draws = '10', seed = '1'] = process.argv.slice(2);
const here = join(import.meta.dirname, '../..');

interface Run {
  readonly method: string;
  readonly seconds?: number;
}

function runsOf(recording: string): Run[] {
  const lines = readFileSync(join(recording, 'runs.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Run);
}

function secondsOf(recording: string, method: string): number {
  return sum(
    runsOf(recording)
      .filter((run) => run.method === method)
      .map(({ seconds = 0 }) => seconds),
  );
}

/** Names of methods, drawn in proportion to their recorded seconds; a method may be drawn more than once. */
function drawn(count: number): string[] {
  const methods = Object.keys(catalogueSeconds).filter((method) => method !== 'full');
  const weights = methods.map((method) => catalogueSeconds[method]);
  const numbers = random(Number(seed));
  return Array.from({ length: count }, () => {
    let left = numbers.uniform() * sum(weights);
    return methods.find((_, i) => (left -= weights[i]) <= 0) ?? methods[0];
  });
}

async function timed(
  root: string,
  name: string,
  method: string,
  further: readonly string[],
): Promise<number> {
  const out = join(resolve(folder), `${name}-${method}`);
  rmSync(out, { recursive: true, force: true });
  const settings = {
    ...{ method, compression: '4,16,64,256', seeds: '1', dataset: 'criteo', data: resolve(log) },
    ...{ 'learning-rate': '0.01', backend: 'native', threads: '1', jobs: '2' },
    ...{ cache: join(resolve(folder), `cache-${name}`), out },
  };
  const flags = Object.entries(settings).flatMap(([flag, value]) => [`--${flag}`, value]);
  await execa('npm', ['run', '-s', 'bench', '--', ...flags, '--no-scores', '--force', ...further], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return secondsOf(out, method);
}

await main(async () => {
  mkdirSync(folder, { recursive: true });
  const rivals = [
    { name: 'other', root: resolve(other), further: [] },
    { name: 'this', root: here, further: ['--no-references'] },
  ];
  // The uncompressed tables are part of every sweep, and of none of its methods.
  for (const { name, root, further } of rivals) await timed(root, name, 'full', further);
  const ratios = new Map<string, number>();
  const draw = drawn(Number(draws));
  for (const method of draw) {
    if (ratios.has(method)) continue;
    const seconds: number[] = [];
    for (const { name, root, further } of rivals) seconds.push(await timed(root, name, method, further));
    ratios.set(method, seconds[1] / seconds[0]);
    print(
      `${method}: ${seconds.map((one) => one.toFixed(1)).join(' s, ')} s, × ${ratios.get(method)!.toFixed(3)}`,
    );
  }
  const all = draw.map((method) => ratios.get(method)!);
  const mean = sum(all) / all.length;
  const deviation = Math.sqrt(sum(all.map((ratio) => (ratio - mean) ** 2)) / Math.max(1, all.length - 1));
  print(
    `mean of ${all.length} draws: × ${mean.toFixed(3)} ± ${(deviation / Math.sqrt(all.length)).toFixed(3)} (standard error)`,
  );
  return 0;
});
