import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { categoryColumns, integerColumns } from '../../../datasets/criteo/columns.ts';
import { criteoSource } from '../../../datasets/criteo/criteo-source.ts';
import { noBadLines } from '../../../datasets/text/bad-lines.ts';
import { textFile } from '../../../datasets/text/text-file.ts';
import type { RawSource } from '../../../datasets/raw-rows.ts';
import { resolveColumns } from '../../../datasets/table/resolve.ts';
import { tableSchema } from '../../../datasets/table/schema.ts';
import { textReader } from '../../../datasets/table/text/text-reader.ts';
import { defaultSettings } from '../../../datasets/index.ts';
import { prepare } from '../../../datasets/prepared/prepare.ts';
import { createWorkDirectory } from '../../../datasets/prepared/work-directory.ts';

/**
 * Speed of the table's parser beside Criteo's, on one log in both forms: `npx tsx test/datasets/table/speed.ts FILE.tsv.gz [rounds]`. The
 * rounds alternate, so that other work on the machine slows both. It prints the median of the bytes per second, and of their ratio.
 */
const [file, rounds = '7'] = process.argv.slice(2);
const folder = fs.mkdtempSync(join(tmpdir(), 'table-speed-'));
const tsv = join(folder, 'log.tsv');
const csv = join(folder, 'log.csv');
const stored = fs.readFileSync(file);
const text = stored[0] === 0x1f ? zlib.gunzipSync(stored) : stored;
fs.writeFileSync(tsv, text);
const header = ['label', ...integerColumns, ...categoryColumns].join();
fs.writeFileSync(csv, `${header}\n${text.toString('latin1').replaceAll('\t', ',')}`);

function table(form: 'hex' | 'text', numbers: 'integer' | 'number'): RawSource {
  const schema = tableSchema.parse({
    label: 'label',
    numeric: [{ column: 'I*', form: numbers }],
    categorical: [{ column: 'C*', form }],
  });
  const reader = textReader(textFile(csv), { known: 'label' });
  const columns = resolveColumns(schema, reader.columns, csv);
  return {
    dense: columns.numeric.map(({ name, form }) => ({
      name,
      kind: form === 'integer' ? 'integer' : 'float',
    })),
    fields: columns.categorical.map(({ name, form }) => ({
      name,
      kind: form === 'text' ? 'text' : 'integer32',
    })),
    blocks: () => reader.blocks(columns, { badLines: noBadLines(0) }),
  };
}

const sources: Record<string, () => RawSource> = {
  'criteo TSV': () => criteoSource(textFile(tsv), { maxBadLines: 0 }),
  'CSV, hex and integers': () => table('hex', 'integer'),
  'CSV, hex and floats': () => table('hex', 'number'),
  'CSV, texts and floats': () => table('text', 'number'),
};

async function parse(source: RawSource): Promise<void> {
  let rows = 0;
  for await (const block of source.blocks()) rows += block.size;
  if (rows === 0) throw new Error('no rows');
}

async function prepared(source: RawSource): Promise<void> {
  const work = createWorkDirectory(join(folder, 'prepared'));
  await prepare('log', source, defaultSettings, work);
  work.discard();
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

for (const [what, run] of [
  ['parse', parse],
  ['prepare', prepared],
] as const) {
  const seconds: Record<string, number[]> = {};
  for (let round = -1; round < Number(rounds); round++)
    for (const [name, source] of Object.entries(sources)) {
      const start = process.cpuUsage();
      await run(source());
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) (seconds[name] ??= []).push((user + system) / 1e6);
    }
  const [first] = Object.values(seconds);
  for (const [name, times] of Object.entries(seconds)) {
    const speed = text.length / median(times) / 1e6;
    const ratio = median(times.map((time, round) => first[round] / time));
    console.log(`${what}: ${name}: ${speed.toFixed(0)} MB/s of a CPU, ${ratio.toFixed(2)} of the first`);
  }
}
fs.rmSync(folder, { recursive: true });
