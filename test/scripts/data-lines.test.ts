import { expect, test } from 'vitest';
import { temporaryDirectory } from '../datasets/sample-rows.ts';
import { runHere } from './run-here.ts';

test('data says how lookups spread over ids', async () => {
  const { exitCode, stdout } = await runHere('data', ['planted', '--rows', '1500', '--cache', temporaryDirectory()]); // prettier-ignore
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^ {2}lookups in training, fields weighted by their ids: \d+\.\d % go to the most frequent 1\/4 of the ids, \d+\.\d % to 1\/16, \d+\.\d % to 1\/64$/m,
  );
});
