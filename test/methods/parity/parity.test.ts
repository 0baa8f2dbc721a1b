import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Comparison } from './differences.ts';
import { compareVectors } from './embedding-parity.ts';
import { casesOf, fixtures } from './fixtures.ts';
import { answerOf } from './formula-answer.ts';
import { formulaCases } from './formula-cases.ts';
import { parityDocument, rowsOf, rowStart } from './parity-table.ts';

const found = new Map<string, Comparison[]>();

async function isEqual(source: string, compare: () => Promise<Comparison>): Promise<void> {
  const comparison = await compare();
  found.set(source, [...(found.get(source) ?? []), comparison]);
  expect(comparison.unlike).toEqual([]);
  expect(comparison.error).toBeLessThan(1e-6);
}

describe.each(fixtures())('$method as $origin', (fixture) => {
  test.each(casesOf(fixture))('$label', (one) => isEqual(fixture.name, () => one.compare()));
});

test.each(formulaCases)("$method as the paper's formula, $label", (one) =>
  isEqual(one.method, async () => compareVectors(one, await answerOf(one))),
);

describe('docs/parity.md', () => {
  const path = join(import.meta.dirname, '../../../docs/parity.md');
  const published = readFileSync(path, 'utf8');

  test('says what is compared with what: else npx tsx test/methods/parity/make/table.ts', () => {
    const withoutErrors = (text: string) => text.replace(/ \| [\de-]+ \|$/gm, ' |');
    const rows = rowsOf((source) => found.get(source) ?? []);
    expect(withoutErrors(published)).toBe(withoutErrors(parityDocument(rows)));
  });

  test('has errors as they are measured', () => {
    const lines = published.split('\n');
    for (const row of rowsOf((source) => found.get(source) ?? [])) {
      const line = lines.find((other) => other.startsWith(rowStart(row)));
      const stated = Number(line?.slice(rowStart(row).length).replace(' |', ''));
      // Functions such as exp differ in the last digit between versions of JavaScript.
      expect(row.error, row.method).toBeLessThanOrEqual(3 * stated);
    }
  });

  test('at least 24 methods are compared with code that ran', () => {
    const ran = rowsOf((source) => found.get(source) ?? []).filter((row) => row.ran);
    expect(new Set(ran.map(({ method }) => method)).size).toBeGreaterThanOrEqual(24);
  });
});
