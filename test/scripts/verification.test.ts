import { expect, test } from 'vitest';
import { testReport, type TestReport, verificationPage, verificationTable } from '../../scripts/documents/verification-table.ts'; // prettier-ignore
import { timedMethod } from '../reports/throughput-recordings.ts';

type Test = TestReport['testResults'][number]['assertionResults'][number];

const passed = (ancestorTitles: string[], title: string, meta = {}): Test => ({
  ancestorTitles,
  title,
  status: 'passed',
  meta,
});
const gradients = ['gradients are those of finite differences'];
const report: TestReport = {
  testResults: [
    { name: '/x/robe.test.ts', assertionResults: [passed([], 'one'), passed([], 'two')] },
    {
      name: '/x/conformance.test.ts',
      assertionResults: [
        passed(["'full {}'"], 'plans the same twice (1 x)'),
        passed(["'robe {}'"], 'is a full table where the budget is full'),
        { ...passed(['\'robe {"block":3}\''], 'plans the same twice (4 x)'), status: 'failed' },
        { ...passed(["'robe {}'"], 'on webgpu'), status: 'skipped' },
      ],
    },
    {
      name: '/x/gradients.test.ts',
      assertionResults: [
        passed(gradients, "'robe {}' (1 x)", { gradientError: 2e-7 }),
        passed(gradients, "'robe {}' (4 x)", { gradientError: 3e-6 }),
      ],
    },
    {
      name: '/x/serving.test.ts',
      assertionResults: [
        passed(['is served from its bytes'], "'robe' in 9 bytes"),
        passed(['is served from its bytes'], "'int4(robe)' in 9 bytes"),
        passed(['is served from its bytes'], "'robe-like' in 9 bytes"),
      ],
    },
    {
      name: '/x/training-equivalence.test.ts',
      assertionResults: [
        passed(['50 training steps on native', "'full'"], 'take the course of the cpu oracle: sgd'),
        passed(['50 training steps on wasm', "'full'"], 'take the course of the cpu oracle: sgd'),
        passed(['50 training steps on native'], "take the course of the cpu oracle: 'robe'"),
      ],
    },
  ],
};

const speeds = [
  timedMethod({ method: 'full', backend: 'native', threads: 1, train: 1000 }),
  timedMethod({ method: 'robe', backend: 'native', threads: 1, train: 500 }),
];

test('a line for each method: tests of its own, those of all methods that are of it, and its speed', () => {
  const lines = verificationTable(['full', 'robe', 'lma'], report, speeds).split('\n');
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1)); // prettier-ignore
  expect(cells[0]).toEqual(['', 'own tests', 'conformance', 'gradient error', 'served = trained', '50 steps on native', 'train /s', 'x full']); // prettier-ignore
  expect(cells[2].slice(0, 6)).toEqual(['`full`', '', '1', '', '', '1']);
  expect(cells[3].slice(0, 6)).toEqual(['`robe`', '2', '1 of 2', '3e-6', '2', '1']);
  expect(cells[3][7]).toMatch(/^0\.5/);
  expect(cells[4]).toEqual(['`lma`', '', '', '', '', '', '', '']);
});

test('the page says what was measured, and where', () => {
  const page = verificationPage(['robe'], report, { name: '2026-01-02-speeds', records: speeds });
  expect(page).toContain('native, 1 thread: [record](../recordings/2026-01-02-speeds).');
});

test('another file is not taken for a report of tests', () => {
  expect(testReport.safeParse({ tests: [] }).success).toBe(false);
});
