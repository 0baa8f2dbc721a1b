import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import './register.js'; // without types, which would add chained operations to every tensor of the project
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import type { Backend } from '../../harness/contract/backend.ts';
import type { Done, JasmineRunner } from './jasmine.ts';
import type { SpecResult } from './spec-result.ts';

/**
 * Runs tfjs-core's specs whose names match `only` on one backend. Leaves SpecResult[] in results.json, and meanwhile the
 * spec's name in running.txt. Without isDataSync, specs that read tensors at once are left out. For a process of its own: jasmine's globals are not vitest's, and the specs reset tfjs.
 */
export async function runSpecs(
  backend: Pick<Backend, 'open'>,
  folder: string,
  only: string,
  isDataSync: boolean,
): Promise<void> {
  const { name: backendName } = await backend.open({});
  const Runner = createRequire(import.meta.url)('jasmine') as JasmineRunner;
  const runner = new Runner();
  runner.exitOnCompletion = false; // a backend that keeps its process alive is to be seen: nothing could end
  const wanted = new RegExp(only);
  runner.env.configure({ random: false, specFilter: (spec) => wanted.test(spec.getFullName()) });

  const results: SpecResult[] = [];
  const seen = new Map<string, number>();
  const record = (name: string, { status, failedExpectations }: Done) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    results.push({
      name: times === 1 ? name : `${name} #${times}`, // some names occur more than once
      outcome: failedExpectations.length > 0 ? 'failed' : status === 'passed' ? 'passed' : 'pending',
      failure: failedExpectations.map(({ message }) => message).join('; '),
    });
  };
  runner.clearReporters();
  runner.addReporter({
    specStarted({ fullName }) {
      writeFileSync(join(folder, 'running.txt'), fullName);
      // Some specs raise it for all that come after them. The slowest takes 1 s on an idle machine.
      runner.jasmine.DEFAULT_TIMEOUT_INTERVAL = 15_000;
    },
    specDone(done) {
      if (done.status !== 'excluded') record(done.fullName, done); // excluded: not asked for
    },
    suiteDone(done) {
      if (done.failedExpectations.length > 0) record(`around ${done.fullName}`, done);
    },
    jasmineDone(done) {
      if (done.failedExpectations.length > 0) record('around all specs', done);
    },
  });

  // The environment's name is part of every spec's name: the same for all backends, so that names can be compared.
  setTestEnvs([{ name: 'backend', backendName, flags: {}, isDataSync }]);
  await import('@tensorflow/tfjs-core/dist/tests.js');
  await runner.execute();
  writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
}
