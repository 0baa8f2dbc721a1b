import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { projectRoot } from '../../base/project-root.ts';

const runsFrom = Symbol.for('embed-bench.bundle');
const digest = hash('sha256', readFileSync(join(projectRoot, 'package.json')));

/** The arguments of a process, from a bundle that was made of a package.json of this digest. `removed`: after this one began. */
async function argumentsFrom(made: string, { removed }: { removed: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), 'embed-bench-bundle-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
    Reflect.deleteProperty(globalThis, runsFrom);
  });
  writeFileSync(join(folder, 'inputs.json'), JSON.stringify({ 'package.json': made, 'no-such.json': '' }));
  Object.assign(globalThis, { [runsFrom]: folder });
  vi.resetModules();
  const { processArguments } = await import('../../suites/process-arguments.ts');
  if (removed) rmSync(folder, { recursive: true });
  return { found: () => processArguments('suites/running/worker.ts'), folder };
}

test('processes run from the bundle of the command, whatever the sources are by now', async () => {
  const { found, folder } = await argumentsFrom('edited', { removed: false });
  expect(found()).toEqual([
    ...[[], join(projectRoot, 'start/process.js')],
    [folder, 'suites/running/worker.ts'],
  ]);
});

test('they run TypeScript of the same sources where it was removed', async () => {
  const { found } = await argumentsFrom(digest, { removed: true });
  expect(found()[1]).toBe(join(projectRoot, 'suites/running/worker.ts'));
});

test('they run no other sources', async () => {
  const { found } = await argumentsFrom('edited', { removed: true });
  expect(found).toThrow(/^start\/build was removed and package.json edited .*: start it again$/);
});
