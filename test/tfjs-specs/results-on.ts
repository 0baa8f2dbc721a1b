import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { bundleSpecs, root, type Exported } from './bundle.ts';
import type { SpecResult } from './spec-result.ts';

/** How tfjs-core's specs end on a backend, those whose names match `only`; `async` without those that
 * read tensors at once. Throws when their process dies or hangs. */
export async function specResultsOn(
  backend: Exported,
  only = '',
  reading: 'sync' | 'async' = 'sync',
): Promise<SpecResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'embed-bench-specs-'));
  try {
    const bundle = join(folder, 'specs.mjs');
    await bundleSpecs(backend, bundle);
    const run = await execa('node', [bundle, folder, only, reading], {
      cwd: root,
      reject: false,
      timeout: 500_000,
    });
    if (run.failed) {
      const spec = await readFile(join(folder, 'running.txt'), 'utf8').catch(() => 'none yet');
      throw new Error(`${run.shortMessage}\nspec: ${spec}\n${run.stderr.slice(-2000)}`);
    }
    return JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as SpecResult[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
