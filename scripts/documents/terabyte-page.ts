import { baseline } from '../../analysis/comparisons/comparable.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { plural } from '../../base/plural.ts';
import { publishedIds } from '../../datasets/criteo/terabyte/published-days.ts';
import { formatBytes, formatCount, formatFixed, formatRatio } from '../../reports/format.ts';
import { type Growth, hoursOn } from './growth.ts';
import { type Needed, neededOnTerabyte, terabyteRows } from './terabyte-memory.ts';

/** Machines that are common: GB of memory. */
const machines = [64, 128, 256, 512, 1024];
const dims = [16, 64, 128];
const ratios = [4, 16, 64, 256];
/** The methods of the page: all of them are counted, those in `shown` have a line in every table. */
export interface PageMethods {
  readonly all: readonly string[];
  readonly shown: readonly string[];
}

/** docs/criteo-terabyte.md. `growth`: measurements on fewer rows, of one machine, `machine` in words; empty without any. */
export function terabytePage(
  methods: PageMethods,
  growth: readonly Growth[],
  machine: string,
  backend: OpenBackend,
): string {
  return [
    '# Planning Criteo Terabyte',
    '',
    '<!-- Written by npm run terabyte. -->',
    '',
    `Nobody has trained on the whole log with this project. This page computes what it takes: ${formatCount(terabyteRows.train)} training rows (days 0 to 22),`,
    `day 23 for validation and test, ${formatCount(publishedIds)} ids in 26 fields. Preparing it: [datasets/criteo](../datasets/criteo/README.md). With \`--max-ids-per-field 40000000\``,
    'there are 204,184,588 ids: what grows with ids below is then a quarter (0.23).',
    '',
    '## Memory',
    '',
    'The estimate that every run is compared with before it starts ([METHODOLOGY 4.5](../METHODOLOGY.md#45-does-a-run-fit)): DLRM, Adagrad, batches of 2,048, one epoch. Plans on 1/64 and',
    '1/32 of the ids are extended to all in proportion. In every number are 3.5 GB for the counts of ids and 3.6 GB for the scores of the test part. A run that has less memory is recorded as too large, and not begun.',
    '',
    '- Methods that train within their budget need twice its bytes (Adagrad keeps as many numbers as a table has), and these constants.',
    '- Methods that train full tables first (product quantization, pruning, most searches) need more than the uncompressed table takes, whatever the budget: its state, and copies between stages.',
    '- A typed array of Node 20 has at most 4,294,967,296 elements, fewer than the floats of an uncompressed table here. The native backend trains such a table in memory of its own; a method that reads',
    '  a trained table as a whole cannot, however much memory there is. Use `--max-ids-per-field`, or narrower vectors. No table of such a size was made with this project yet.',
    '',
    ...dims.flatMap((dim) => memoryTable(methods.shown, dim, backend)),
    ...fitting(methods.all, backend),
    '## Time',
    '',
    ...timeSection(growth, machine),
  ].join('\n');
}

function memoryTable(shown: readonly string[], dim: number, backend: OpenBackend): string[] {
  const bytes = (method: string, compression: number) =>
    neededOnTerabyte({ method, options: {} }, { dim, compression }, backend);
  return [
    `Vectors of ${dim} floats: the uncompressed table has ${formatBytes(publishedIds * dim * 4)}.`,
    '',
    line([`dim ${dim}`, ...ratios.map(formatRatio)]),
    line(['---', ...ratios.map(() => '---:')]),
    line([`\`${baseline}\` (1x)`, textOf(bytes(baseline, 1)), ...ratios.slice(1).map(() => '')]),
    ...shown.map((method) => line([`\`${method}\``, ...ratios.map((ratio) => textOf(bytes(method, ratio)))])),
    '',
  ];
}

/** How many of all methods fit machines at one budget. */
function fitting(methods: readonly string[], backend: OpenBackend): string[] {
  const [dim, compression] = [16, 16];
  const found = methods.map((method) => ({
    method,
    needed: neededOnTerabyte({ method, options: {} }, { dim, compression }, backend),
  }));
  const known = found.flatMap(({ method, needed }) =>
    'bytes' in needed ? [{ method, bytes: needed.bytes }] : [],
  );
  const without = (reason: string) =>
    found.flatMap(({ method, needed }) =>
      'reason' in needed && needed.reason === reason ? [`\`${method}\``] : [],
    );
  const within = (gigabytes: number) => known.filter(({ bytes }) => bytes <= gigabytes * 1e9);
  const beyond = (gigabytes: number) =>
    known.filter(({ bytes }) => bytes > gigabytes * 1e9).map(({ method }) => `\`${method}\``);
  return [
    `All ${plural(known.length, 'method')} at ${formatRatio(compression)} with ${dim} floats:`,
    '',
    line(['machine', 'methods that fit', 'that do not']),
    line(['---:', '---:', '---']),
    ...machines.map((gigabytes) =>
      line([`${gigabytes} GB`, String(within(gigabytes).length), beyond(gigabytes).join(', ') || 'none']),
    ),
    '',
    ...sentence('Infeasible at that budget', without('infeasible')),
    ...sentence('Not known without the data', without('needs the data')),
  ];
}

const sentence = (words: string, names: readonly string[]) =>
  names.length === 0 ? [] : [`${words}: ${names.join(', ')}.`, ''];

function timeSection(growth: readonly Growth[], machine: string): string[] {
  if (growth.length === 0)
    return [
      'Not measured yet: `npm run terabyte -- RECORDING RECORDING ...` takes recordings of the same methods on different numbers of rows.',
      '',
    ];
  const sizes = [...new Set(growth.flatMap(({ measured }) => measured.map(({ rows }) => rows)))].sort(
    (a, b) => a - b,
  );
  return [
    `Measured on one machine (${machine}): microseconds of training a sample, all stages, and peak memory, by training rows. The last column is one training on all of Terabyte's rows on that machine: hours`,
    "as a sample costs at the largest measurement, and as many as it takes if the cost grows on with the logarithm of rows as it did. Terabyte's tables are larger than those measured, so that",
    'the second is the better guess, and neither is a bound. More threads, or more machines for more runs ([cluster.md](cluster.md)), divide it.',
    '',
    line(['method', ...sizes.map((rows) => `${millions(rows)} M rows`), 'Terabyte, hours']),
    line(['---', ...sizes.map(() => '---:'), '---:']),
    ...growth.map((one) => {
      const { method, compression, measured } = one;
      const { least, grown } = hoursOn(terabyteRows.train, one);
      return line([
        `\`${method}\` ${formatRatio(compression)}`,
        ...sizes.map((rows) => {
          const at = measured.find((some) => some.rows === rows);
          return at === undefined
            ? ''
            : `${formatFixed(at.seconds * 1e6, 1)} µs, ${formatBytes(at.peakBytes)}`;
        }),
        hoursText(least, Math.max(least, grown)),
      ]);
    }),
    '',
  ];
}

const millions = (rows: number) => (rows < 1e7 ? formatFixed(rows / 1e6, 2) : formatFixed(rows / 1e6, 1));

const textOf = (needed: Needed) => ('bytes' in needed ? formatBytes(needed.bytes) : needed.reason);

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function hoursText(least: number, most: number): string {
  const [low, high] = [least, most].map((hours) => formatCount(Math.round(hours)));
  return low === high ? low : `${low} to ${high}`;
}
