import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

// Exit code 1 says that something was found.
test.each([
  [['--minutes', '-1'], "option '--minutes <n>' argument '-1' is invalid. Expected a number, at least 0.1."],
  [['--case', '3'], 'error: --case is of one part: give --part, one of inputs,'],
])('campaign %j is one line and exit code 2', async (args, line) => {
  const { exitCode, stderr } = await execa(
    'node',
    ['--import', 'tsx', 'test/campaign/campaign.ts', ...args],
    { cwd: root, reject: false },
  );
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(line);
  expect(exitCode).toBe(2);
});
