import { parseArgs } from 'node:util';
import { median } from '../../analysis/statistics/estimates.ts';
import { loadAddon } from '../../backends/native/addon.ts';
import { storedSource } from '../../backends/native/stored-rows.ts';
import { random } from '../../base/random.ts';
import type { Storage, Table } from '../../harness/contract/method.ts';
import { codecOf } from '../../harness/serving/codecs.ts';
import { main } from '../../scripts/terminal/main.ts';
import { print } from '../../scripts/terminal/printed.ts';

/**
 * Rows per CPU second that native looks up in every form that tables are served in, beside a plain copy of rows of 32-bit floats and
 * beside rows of 16-bit floats, in turn, with one thread.
 *
 * `npx tsx test/speed/stored-rows.ts [--rows 300000] [--width 16] [--asked 6656] [--rounds 9] [--set avx2]`; ids are uniform, or with
 * `--skewed` log-uniform as in throughput's batches.
 */

const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '300000' },
    width: { type: 'string', default: '16' },
    asked: { type: 'string', default: '6656' },
    rounds: { type: 'string', default: '9' },
    set: { type: 'string' },
    skewed: { type: 'boolean', default: false },
  },
});
const [rows, width, asked] = [given.rows, given.width, given.asked].map(Number);
const init = { mean: 0, halfWidth: 1 };
const floats = rows * width;

const forms: readonly (readonly [name: string, form: Storage])[] = [
  ['fp16', { kind: 'fp16' }],
  ...([8, 4, 2] as const).map(
    (bits) => [`int${bits}`, { kind: 'row-wise', bits, range: 'min-max' }] as const,
  ),
  ...(['e4m3', 'e5m2'] as const).map(
    (element) => [`fp8, ${element}`, { kind: 'fp8', element, scaled: true }] as const,
  ),
  ...(['e4m3', 'e5m2', 'int8', 'e2m3', 'e3m2', 'e2m1'] as const).map(
    (element) => [`mx, ${element}`, { kind: 'mx', element, block: 32 }] as const,
  ),
  ...(['fp32', 'fp16', 'double'] as const).map(
    (scales) => [`nf4, ${scales} scales`, { kind: 'nf4', block: 64, scales }] as const,
  ),
  ['grid of 8 bits', { kind: 'grid', bits: 8, step: 0.01 }],
  ['grid of 3 bits', { kind: 'grid', bits: 3, step: 0.3 }],
  ['sparse, a tenth (bitmap)', { kind: 'sparse', nonZeros: Math.round(floats / 10) }],
  ['sparse, a thirtieth (list)', { kind: 'sparse', nonZeros: Math.round(floats / 30) }],
];

await main(() => {
  const addon = loadAddon();
  addon.configure(1, given.set);
  const stream = random(5);
  const values = Float32Array.from({ length: floats }, () => stream.normal());
  const id = () => (given.skewed ? rows ** stream.uniform() - 1 : rows * stream.uniform());
  // Several batches in turn, so that none finds the rows of the one before in a cache.
  const batches = Array.from({ length: 16 }, () => Uint32Array.from({ length: asked }, id));
  const out = new Float32Array(asked * width);
  const plain = addon.createTable(rows, width, width, 'sgd');
  addon.fillTable(plain, 0, floats, 0, 1, 3);
  const works: (readonly [string, (indices: Uint32Array) => void])[] = [
    ['fp32 (a plain copy)', (indices) => addon.gatherRows(plain, indices, out)],
    ...forms.map(([name, stored]) => {
      const table: Table = { width, parts: [{ rows, init }], stored };
      const { bytes, form } = storedSource(table, codecOf(table).encode(values))!;
      return [name, (indices: Uint32Array) => addon.gatherStored(bytes, form, width, indices, out)] as const;
    }),
  ];
  const times = works.map((): number[] => []);
  for (let round = -1; round < Number(given.rounds); round++)
    works.forEach(([, work], i) => {
      const start = process.cpuUsage();
      for (let repeat = 0; repeat < 4; repeat++) for (const indices of batches) work(indices);
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) times[i].push((1000 * (user + system)) / (4 * batches.length * asked));
    });
  works.forEach(([name], i) => {
    // Time of a form by that of another in the same round.
    const beside = (other: number) => {
      const ratios = times[i].map((ns, round) => ns / times[other][round]);
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((x) => x.toFixed(2));
      return `${median(ratios).toFixed(2)} (${least} to ${most})`;
    };
    print(
      `${name}: ${median(times[i]).toFixed(1)} ns a row, ${beside(0)} of a plain copy's time, ${beside(1)} of fp16's`,
    );
  });
  return Promise.resolve(0);
});
