import { afterEach, expect, test, vi } from 'vitest';
import { runScript } from './run-script.ts';

/** The build's message on a machine without a compiler states the cost. */

afterEach(() => {
  vi.unstubAllEnvs();
});

const says = /^native backend: not built: .*; embed-bench runs on wasm, several times slower$/;

test('without a compiler the build fails, but not where it is optional', { timeout: 120_000 }, async () => {
  vi.stubEnv('CXX', '/nonexistent/c++');
  const asked = await runScript('build-native', ['--force']);
  expect(asked.exitCode).toBe(1);
  expect(asked.stdout).toMatch(says);
  const optional = await runScript('build-native', ['--force', '--optional']);
  expect(optional.exitCode).toBe(0);
  expect(optional.stdout).toMatch(says);
  expect(optional.stderr).toBe('');
});

test('doctor names the compiler, or what it is needed for', { timeout: 120_000 }, async () => {
  vi.stubEnv('CXX', '/nonexistent/c++');
  const { stdout } = await runScript('doctor', ['--json']);
  const { programs } = JSON.parse(stdout) as { programs: { name: string; ok: boolean; detail: string }[] };
  expect(programs).toContainEqual({
    name: '/nonexistent/c++',
    ok: false,
    detail: 'not found; needed to build the native backend: npm run build:native',
  });
});
