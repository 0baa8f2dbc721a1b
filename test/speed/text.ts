import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { median } from '../../analysis/statistics/estimates.ts';
import { columnNames } from '../../datasets/criteo/columns.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';

/**
 * Bytes of text per CPU second: Criteo's TSV through its own parser, and the same rows as CSV through `table`, with tokens as texts and
 * as hexadecimal numbers, in quotes and without; blocks of rows, and whole preparations. The readers take turns, each in a process of its own.
 *
 * `npx tsx test/speed/text.ts FOLDER [rows = 500000] [rounds = 5]`; planted rows are written into FOLDER if it has none. OTHER names the root of
 * another checkout, whose reading of Criteo's TSV then takes its turn as well.
 */

const [folder, rows = '500000', rounds = '5'] = process.argv.slice(2);
const file = (name: string) => join(folder, name);
const here = import.meta.dirname;

async function make(): Promise<void> {
  await execa(
    process.execPath,
    [
      '--import',
      'tsx',
      join(here, '../../scripts/data.ts'),
      'planted',
      '--rows',
      rows,
      '--write-tsv',
      file('log.tsv'),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [csv, quoted] = ['log.csv', 'quoted.csv'].map((name) => createWriteStream(file(name)));
  csv.write(`${columnNames.join()}\n`);
  quoted.write(`${columnNames.join()}\n`);
  let [plainLines, quotedLines] = ['', ''];
  for await (const line of createInterface({ input: createReadStream(file('log.tsv')) })) {
    const cells = line.split('\t');
    plainLines += `${cells.join()}\n`;
    quotedLines += `${cells.map((cell) => `"${cell}"`).join()}\n`;
    if (plainLines.length < 1 << 20) continue;
    csv.write(plainLines);
    quoted.write(quotedLines);
    [plainLines, quotedLines] = ['', ''];
  }
  csv.end(plainLines);
  quoted.end(quotedLines);
  await Promise.all([finished(csv), finished(quoted)]);
}

const roles = { label: 'label', numeric: 'I*', categorical: 'C*' };
const exact = { label: 'label', numeric: 'I*:integer', categorical: 'C*:hex' };
const readers: readonly (readonly [
  name: string,
  dataset: string,
  file: string,
  options: object,
  root?: string,
])[] = [
  ["Criteo's TSV", 'criteo', 'log.tsv', {}],
  ...(process.env.OTHER
    ? [["Criteo's TSV, other checkout", 'criteo', 'log.tsv', {}, process.env.OTHER] as const]
    : []),
  ['CSV, hexadecimal tokens and integers', 'table', 'log.csv', exact],
  ['CSV, tokens as texts', 'table', 'log.csv', roles],
  ['CSV in quotes, tokens as texts', 'table', 'quoted.csv', roles],
];

await main(async () => {
  if (!existsSync(file('quoted.csv'))) await make();
  for (const what of ['blocks', 'prepare']) {
    const results = new Map<string, number[]>();
    const peaks = new Map<string, number>();
    for (let round = 0; round < Number(rounds); round++)
      for (const [name, dataset, log, options, root] of readers) {
        const { stdout } = await execa(
          process.execPath,
          [
            '--import',
            'tsx',
            join(root ? join(root, 'test/speed') : here, 'read-log.ts'),
            what,
            dataset,
            JSON.stringify({ ...options, data: file(log) }),
          ],
          root ? { cwd: root } : {},
        );
        const [, , cpu, peak] = stdout.trim().split(' ').map(Number);
        results.set(name, [...(results.get(name) ?? []), statSync(file(log)).size / 1e6 / cpu]);
        peaks.set(name, Math.max(peak, peaks.get(name) ?? 0));
      }
    const first = median(results.get(readers[0][0])!);
    for (const [name, speeds] of results) {
      const [least, most] = [Math.min(...speeds), Math.max(...speeds)].map(Math.round);
      const speed = median(speeds);
      print(
        `${what}: ${name}: ${Math.round(speed)} MB per CPU second (${least} to ${most}), ${(speed / first).toFixed(2)} of the first; at most ${Math.round(peaks.get(name)!)} MB of memory`,
      );
    }
  }
  return 0;
});
