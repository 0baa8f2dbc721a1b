import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { median } from '../../analysis/statistics/estimates.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';

/**
 * Rows of a Parquet file per second: blocks of rows, whole preparations, and DuckDB reading and hashing every column on one thread. The
 * readers take turns, each in a process of its own.
 *
 * `npx tsx test/speed/parquet.ts FILE [rows = 1000000] [rounds = 5]`; FILE is made if it is not there. PYTHON names a Python with duckdb.
 */

const [file, rows = '1000000', rounds = '5'] = process.argv.slice(2);
const python = process.env.PYTHON ?? 'python3';
const here = (name: string) => join(import.meta.dirname, name);

function reader(what: 'blocks' | 'prepare'): [string, ...string[]] {
  const options = JSON.stringify({ data: file, label: 'label', numeric: 'I*', categorical: 'C*' });
  return [process.execPath, '--import', 'tsx', here('read-log.ts'), what, 'table', options];
}

const readers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'rows to blocks': reader('blocks'),
  'whole preparation': reader('prepare'),
  DuckDB: [python, here('parquet-peer.py'), 'read', file],
};

await main(async () => {
  if (!existsSync(file)) await execa(python, [here('parquet-peer.py'), 'make', file, rows]);
  const results = new Map<string, number[][]>();
  for (let round = 0; round < Number(rounds); round++)
    for (const [name, [program, ...args]] of Object.entries(readers)) {
      const { stdout } = await execa(program, args);
      results.set(name, [...(results.get(name) ?? []), stdout.trim().split(' ').map(Number)]);
    }
  for (const [name, runs] of results) {
    const perSecond = (seconds: number) => {
      const rates = runs.map((run) => Math.round(run[0] / run[seconds])).sort((a, b) => a - b);
      const [least, most] = [rates[0], rates[rates.length - 1]];
      return `${Math.round(median(rates))} (${least} to ${most})`;
    };
    const peak = Math.round(Math.max(...runs.map((run) => run[3])));
    print(`${name}: ${perSecond(2)} rows per CPU second, ${perSecond(1)} per second; at most ${peak} MB`);
  }
  return 0;
});
