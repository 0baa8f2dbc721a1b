import { describe, expect, test } from 'vitest';
import { compareVectors } from './embedding-parity.ts';
import { casesOf, fixtures } from './fixtures.ts';
import { answerOf } from './formula-answer.ts';
import { formulaCases } from './formula-cases.ts';

describe.each(fixtures())('$method as $origin', (fixture) => {
  test.each(casesOf(fixture))('$label', async (one) => {
    const { error, unlike } = await one.compare();
    expect(unlike).toEqual([]);
    expect(error).toBeLessThan(1e-6);
  });
});

test.each(formulaCases)("$method as the paper's formula, $label", async (one) => {
  const { error, unlike } = await compareVectors(one, answerOf(one));
  expect(unlike).toEqual([]);
  expect(error).toBeLessThan(1e-6);
});
