import { describe, expect, test } from 'vitest';
import { compare, fixtures } from './embedding-parity.ts';

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
