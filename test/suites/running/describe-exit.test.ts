import { expect, test } from 'vitest';
import { errorText, describeExit } from '../../../suites/running/describe-exit.ts';

test('memory that the add-on was refused is told with its bytes, and with what to do', () => {
  const refused = new RangeError('out of memory: 5368709120 bytes were asked for');
  expect(errorText(refused)).toBe(
    'out of memory: 5368709120 bytes were asked for: try a higher --compression or a smaller --batch',
  );
  const stderr = `node:internal\nRangeError: ${refused.message}\n    at somewhere`;
  expect(describeExit({ exitCode: 1, stderr })).toMatch('RangeError: out of memory: 5368709120 bytes');
});
