import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { families, trainingCosts } from '../../harness/contract/kinds.ts';
import type { Method } from '../../harness/contract/method.ts';
import { hashingTrick } from '../../methods/hashing-trick.ts';
import { methods } from '../../methods/index.ts';
import { methodCards } from '../../scripts/documents/method-cards.ts';
import { rangeText } from '../../scripts/documents/method-text.ts';
import { writtenDocs } from '../../scripts/documents/written-docs.ts';
import { compressionRange, describeMethod, describeWrapper } from '../../suites/described/describe-method.ts';
import { halving } from '../suites/halving.ts';
import { root } from './run-script.ts';

test(
  'docs/methods.md and the ranges of list are up to date: else npm run docs',
  { timeout: 300_000 },
  async () => {
    for (const [path, text] of Object.entries(await writtenDocs()))
      expect(readFileSync(join(root, path), 'utf8'), `${path}: npm run docs writes it`).toBe(text);
  },
);

describe('a method', () => {
  test.each(methods)('$name can be described', (method) => {
    const { family, cost, idea, paper, compression, options } = describeMethod(method);
    expect(families).toContain(family);
    expect(trainingCosts).toHaveProperty([cost]);
    expect(idea).toMatch(/^[^\n]{10,160}$/);
    expect(idea.endsWith('.')).toBe(false);
    expect(paper.url).toMatch(/^https:\/\//);
    if (!method.ignoresIds) expect(compression).toMatchObject({ smallest: expect.any(Number) as number });
    for (const { name, about, values } of options) expect(`${name}: ${about}${values}`).toMatch(/: ./);
  });
});

describe('a compression range', () => {
  const planned = (smallest: number, fullBytes: number): Method => ({
    ...hashingTrick,
    plan: ({ budget }) =>
      budget < smallest
        ? { smallestBytes: smallest, reason: 'too little' }
        : {
            tables: [
              {
                width: 1,
                parts: [{ rows: Math.min(budget, fullBytes) / 4, init: { mean: 0, halfWidth: 1 } }],
              },
            ],
            choices: {},
            embed: () => {
              throw new Error('not called');
            },
          },
  });
  const full = 2_160_804_928;

  test('is that of the largest and the smallest plan', () => {
    expect(compressionRange(planned(1000, full))).toEqual({ smallest: 1, largestOnKaggle: full / 1000 });
    // Never a full table.
    expect(rangeText(compressionRange(planned(full / 64, full / 8)))).toBe('8x to 64x');
    expect(compressionRange(planned(2 * full, full))).toMatchObject({ problem: /^takes more bytes than/ });
  });

  test('is what is wrong where a plan throws', () => {
    const broken = { ...hashingTrick, plan: () => expect.fail('no plan') };
    expect(compressionRange(broken)).toMatchObject({ problem: expect.stringMatching(/^cannot be planned there: no plan/) as string }); // prettier-ignore
  });

  test.each([
    [1, 16, '1x to 16x'],
    [1, 1, '1x alone'],
    [2.6661, 2.6669, '2.66x alone'],
    [1.0000000000000002, 15.9999, '1x to 15.9x'],
    [1.0101, 1_298_560, '1.02x to 1,290,000x'],
    [3.001, 999.9, '3.01x to 999x'],
  ])('from %d to %d is %s: rounded inwards', (smallest, largestOnKaggle, text) => {
    expect(rangeText({ smallest, largestOnKaggle })).toBe(text);
  });
});

test('values of options are said in words', () => {
  const options = z.strictObject({
    a: z.enum(['x', 'y']).default('x').describe('which'),
    b: z.int().min(0).default(200),
    c: z.number().positive().max(1).optional(),
    d: z.int().min(1).max(8).default(2),
    e: z.boolean().default(false),
    f: z.union([z.literal(1), z.literal(2)]).default(1),
    g: z.number().optional(),
    h: z.string().default(''),
  });
  const described = describeMethod({ ...hashingTrick, options }).options;
  expect(described.map(({ values }) => values)).toEqual([
    ...['x, y', 'whole number, at least 0', 'number, above 0, at most 1', 'whole number, 1 to 8'],
    ...['true, false', '1, 2', 'number', ''],
  ]);
  expect(described.map((one) => one.default)).toEqual(['x', 200, null, 2, false, 1, null, '']);
});

test('cards: by family, wrappers last, nothing breaks a table', () => {
  const one = describeMethod(hashingTrick);
  const cards = methodCards(
    [
      { ...one, name: 'b', family: 'codes', idea: 'x | y' },
      { ...one, name: 'a', family: 'baseline', cost: 'stages' },
    ],
    [describeWrapper(halving)],
  );
  const headings = [...cards.matchAll(/^##+ .*$/gm)].map(([heading]) => heading);
  expect(headings).toEqual([
    '## Baseline',
    '### a',
    '## Codes',
    '### b',
    '## Around another method',
    '### half',
  ]);
  expect(cards).toContain('| [`b`](#b) | `hash`, `hashing` | x \\| y |');
  expect(cards).toContain('- **stages**: more than one training');
  expect(cards).not.toContain('**upkeep**');
  expect(cards).toContain('| `of` | `0.5` | number, above 0, at most 1 |');
});
