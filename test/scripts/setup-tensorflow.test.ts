import { expect, test } from 'vitest';
import { runScript } from './run-script.ts';

test.each([
  [['--cpu', '--cuda'], 'error: --cpu or --cuda, not both'],
  [['--wheel', 'a', '--archive'], 'error: --wheel or --archive, not both'],
  [['--version', 'newest'], 'error: --version newest is no version of TensorFlow: one is 2.21.0'],
  [['--sha256', 'abc'], 'error: --sha256 abc is no sha256: one has 64 hexadecimal digits'],
  [['--gpu'], "error: unknown option '--gpu'"],
  [
    ['--cpu', '--archive', 'http://me:secret@127.0.0.1:9/a.tar.gz?token=secret'],
    'error: http://127.0.0.1:9/a.tar.gz is not fetched: only https addresses are',
  ],
])('%j is one line that says what is wrong', { timeout: 60_000 }, async (args, line) => {
  const { exitCode, stderr } = await runScript('setup-tensorflow', args);
  expect(stderr).toContain(line);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(exitCode).toBe(2);
});
