import { describe, expect, test } from 'vitest';
import { compare, fixtures } from './embedding-parity.ts';
import { answerOf } from './formula-answer.ts';
import { formulaCases } from './formula-cases.ts';

describe.each(fixtures())('$method as $origin', (fixture) => {
  test.each(fixture.cases.map((answer) => ({ label: answer.question.label, answer })))(
    '$label',
    async ({ answer }) => {
      const { error, unlike } = await compare(fixture, answer);
      expect(unlike).toEqual([]);
      expect(error).toBeLessThan(1e-6);
    },
  );
});

test.each(formulaCases)("$method as the paper's formula, $label", async (one) => {
  const { error, unlike } = await compare(one, answerOf(one));
  expect(unlike).toEqual([]);
  expect(error).toBeLessThan(1e-6);
});
