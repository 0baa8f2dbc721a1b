import { execaSync, type SyncResult } from 'execa';
import { join } from 'node:path';
import { pythonForTests } from '../python-for-tests.ts';

/** The Python reader in a process of its own, on one thread. */

/** False where python3 has no NumPy: its tests are skipped, and seen to be. */
export const hasNumPy = !execaSync(pythonForTests, ['-c', 'import numpy'], { reject: false }).failed;

const env = {
  PYTHONPATH: join(import.meta.dirname, '../../serving/python'),
  PYTHONDONTWRITEBYTECODE: '1',
  OPENBLAS_NUM_THREADS: '1',
};

/** Runs Python with these arguments. Warnings are errors. */
export function python(words: readonly string[], input = ''): SyncResult {
  return execaSync(pythonForTests, ['-W', 'error', ...words], { env, input, reject: false });
}

/** JSON that a program prints. Throws an Error with its complaint if it fails. */
export function pythonJson<T>(program: string, input: unknown = null): T {
  const { exitCode, stdout, stderr } = python(['-c', program], JSON.stringify(input));
  if (exitCode !== 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout)) as T;
}
