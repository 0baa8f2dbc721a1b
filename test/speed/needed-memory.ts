import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import type { RunRecord } from '../../results/record.ts';
import { readRecording } from '../../results/store.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';

/**
 * The memory that runs are said to need beside the most that their processes took. Every id of the generated table occurs, so that all
 * rows and their optimizer state are written. A first command may take so little memory that all runs are too large, and their
 * records have the estimates; a second one trains them.
 *
 * `npx tsx test/speed/needed-memory.ts FOLDER [rows = 700000] [methods] [flags of bench]`; 1.75 ids a row, FOLDER takes all files. Below 3 GB
 * and about 10 minutes with the defaults.
 */

const all = 'full,md,qr,pq,opt-embed,cafe,deep-light,int8(full),magprune,pep';
const [folder, rows = '700000', methods = all, ...flags] = process.argv.slice(2);

async function writeTable(file: string, count: number): Promise<void> {
  function* lines() {
    yield 'label,a,b,c,x\n';
    for (let row = 0; row < count; row++)
      yield `${Number((row * 31) % 7 < 2)},a${row},b${row % Math.ceil(count / 2)},c${row % Math.ceil(count / 4)},${row % 13}\n`;
  }
  await pipeline(lines(), createWriteStream(file));
}

async function bench(out: string, log: string, memory: string): Promise<readonly RunRecord[]> {
  rmSync(out, { recursive: true, force: true });
  const settings = {
    ...{ dataset: 'table', data: log, label: 'label', categorical: 'a,b,c', numeric: 'x' },
    ...{ method: methods, compression: '2.4', seeds: '1', batch: '4096', memory },
    ...{ backend: 'native', threads: '1', jobs: '1', 'stage-cache': '0', out },
    ...{ cache: join(resolve(folder), 'cache'), optimizer: 'adagrad' },
  };
  const own = Object.entries(settings).flatMap(([flag, value]) => [`--${flag}`, value]);
  await execa('npm', ['run', '-s', 'bench', '--', ...own, '--no-scores', '--no-references', ...flags], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
    reject: false, // a method that fails says so below
  });
  return readRecording(out).runs;
}

await main(async () => {
  mkdirSync(folder, { recursive: true });
  const log = join(resolve(folder), `ids-${rows}.csv`);
  await writeTable(log, Number(rows));
  const estimated = await bench(join(resolve(folder), 'estimated'), log, '0.001');
  const trained = await bench(join(resolve(folder), 'trained'), log, '1000');
  for (const run of trained) {
    const estimate = estimated.find(({ id }) => id === run.id);
    if (run.status !== 'completed' || estimate?.status !== 'too large') {
      print(`${run.method}: ${run.status}, ${estimate?.status ?? 'no estimate'}`);
      continue;
    }
    const { peakRssBytes } = run.memory;
    print(
      `${run.method.padEnd(32)} ${(estimate.neededBytes / 1e6).toFixed(0)} MB estimated, ${(peakRssBytes / 1e6).toFixed(0)} MB measured: ` +
        `× ${(estimate.neededBytes / peakRssBytes).toFixed(2)}  ${estimate.error}`,
    );
  }
  return 0;
});
