import { basename } from 'node:path';
import { z } from 'zod';
import { formatShort } from '../../reports/format.ts';
import { throughputGroups } from '../../analysis/throughput/groups.ts';
import { groupText, placeText } from '../../reports/throughput/names.ts';
import type { ThroughputRecord } from '../../results/throughput-record.ts';

/** The part of vitest's JSON report that is read here. */
export const testReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          meta: z.object({ gradientError: z.number().optional() }).optional(),
        }),
      ),
    }),
  ),
});
export type TestReport = z.infer<typeof testReport>;

type Test = TestReport['testResults'][number]['assertionResults'][number];

/** A rule that assigns tests to methods: a path, and the title that names the method. */
interface Column {
  readonly heading: string;
  readonly tests: (method: string, file: string, test: Test) => boolean;
  readonly cell: (tests: readonly Test[]) => string;
}

const columns: readonly Column[] = [
  {
    heading: 'own tests',
    tests: (method, file, { ancestorTitles: [suite], title }) =>
      file === `${method}.test.ts` ||
      (['kaggle.test.ts', 'learned-codes.test.ts', 'cce.test.ts'].includes(file) &&
        (names(suite, method) || names(title, method))),
    cell: counted,
  },
  {
    heading: 'conformance',
    tests: (method, file, { ancestorTitles: [suite] }) =>
      ['conformance.test.ts', 'told-apart.test.ts'].includes(file) && names(suite, method),
    cell: counted,
  },
  {
    heading: 'gradient error',
    tests: (method, file, { title }) => file === 'gradients.test.ts' && names(title, method),
    cell: (tests) =>
      ifAny(tests, () => Math.max(...tests.map(({ meta }) => meta?.gradientError ?? NaN)).toExponential(0)),
  },
  {
    heading: 'served = trained',
    tests: (method, file, { title }) =>
      file === 'serving.test.ts' && (names(title, method) || names(title, `int4(${method})`)),
    cell: counted,
  },
  {
    heading: '50 steps on native',
    tests: (method, file, { ancestorTitles, title }) =>
      file === 'training-equivalence.test.ts' &&
      ancestorTitles.some((suite) => suite.endsWith(' native')) &&
      (names(ancestorTitles.at(-1), method) || names(title.split(': ').at(-1), method)),
    cell: counted,
  },
];

/** True if a title is the name of a method, or begins with it. */
function names(title: string | undefined, method: string): boolean {
  const bare = title?.replace(/^'/, '');
  return bare !== undefined && bare.startsWith(method) && /^($|[\s':])/.test(bare.slice(method.length));
}

function counted(tests: readonly Test[]): string {
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const run = tests.filter(({ status }) => status === 'passed' || status === 'failed').length;
  return ifAny(tests, () => (passed === run ? String(passed) : `${passed} of ${run}`));
}

const ifAny = (tests: readonly Test[], text: () => string) => (tests.length === 0 ? '' : text());

/** A Markdown table with a line for each method: the results of its tests, and its training speed relative to `full`. */
export function verificationTable(
  methods: readonly string[],
  { testResults }: TestReport,
  throughput: readonly ThroughputRecord[],
): string {
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ file: basename(name), test })),
  );
  const speeds = new Map(
    throughputGroups(throughput).flatMap(({ rows }) =>
      rows.map(({ record, toFull }) => [record.method, { record, toFull }] as const),
    ),
  );
  const lines = methods.map((method) => {
    const cells = columns.map(({ tests: isOf, cell }) =>
      cell(tests.filter(({ file, test }) => isOf(method, file, test)).map(({ test }) => test)),
    );
    const speed = speeds.get(method);
    const ratio = speed?.toFull?.train;
    return [
      `\`${method}\``,
      ...cells,
      speed === undefined ? '' : formatShort(speed.record.train.median),
      ratio === undefined ? '' : `${ratio.value.toFixed(2)} ± ${(ratio.error ?? 0).toFixed(2)}`,
    ];
  });
  const headings = ['', ...columns.map(({ heading }) => heading), 'train /s', 'x full'];
  return [headings, headings.map((_, i) => (i === 0 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

export interface Throughput {
  /** The folder of the recording. */
  readonly name: string;
  readonly records: readonly ThroughputRecord[];
}

export function verificationPage(
  methods: readonly string[],
  report: TestReport,
  { name, records }: Throughput,
): string {
  const [setting] = throughputGroups(records).map(({ setting }) => groupText(setting));
  const [ours] = records.flatMap((record) => (record.kind === 'method' ? [placeText(record)] : []));
  return `# Verification by method

Written by \`npm run verification\` from a run of all tests and a measurement of throughput. How near vectors, gradients and
choices are to reference code is in [parity.md](parity.md).

- **own tests**: counts against published fixtures or numbers derived by hand, the property that defines the method,
  and known bugs of public code.
- **conformance**: tests that every method passes (budget on thousands of random layers, determinism, small batches,
  every id trained, initial scale, equal vectors and gradients on every backend), over its options and several ratios.
- **gradient error**: the largest difference from finite differences, relative if the derivative is above 1. Methods with
  a straight-through estimator have none; their gradients are tested against the formula of the estimator.
- **served = trained**: complete runs whose stored bytes, loaded into a new layer, give the same scores to the last
  bit, also with int4 around the method.
- **50 steps on native**: training courses that agree with the cpu backend's.
- **train /s**, **x full**: samples per second, and the ratio to \`full\` in its turns just before and after; for a method with several
  stages, those of its first stage. ${ours === undefined ? '' : `${capital(setting)}, ${ours}: [record](../recordings/${name}).`}

${verificationTable(methods, report, records)}
`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
