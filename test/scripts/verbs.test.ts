import { expect, test } from 'vitest';
import { methods } from '../../methods/index.ts';
import { runHere } from './run-here.ts';

test('every verb has help on stdout, and succeeds', { timeout: 120_000 }, async () => {
  for (const verb of [
    'bench',
    'bench-gpu',
    'bench-models',
    'bench-subspace',
    'data',
    'report',
    'agreement',
    'compare',
    'compress',
    'table',
    'contribute',
    'mlflow',
    'site',
    'list',
    'docs',
    'verification',
    'doctor',
    'pack',
    'pack-npm',
    'check-method',
    'power',
    'verdicts',
    'simulate-verdicts',
    'submit',
    'status',
    'merge',
    'resubmit',
  ]) {
    const { exitCode, stdout, stderr } = await runHere(verb, ['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`Usage: npm run ${verb.replace('-', ':')} -- `);
  }
});

test('list --json is one object that names every method', { timeout: 120_000 }, async () => {
  const { exitCode, stdout } = await runHere('list', ['--json']);
  expect(exitCode).toBe(0);
  const found = JSON.parse(stdout) as Record<string, { name: string }[]>;
  expect(Object.keys(found)).toEqual(['methods', 'wrappers', 'datasets', 'models', 'suites']);
  expect(found.methods.map(({ name }) => name)).toEqual(methods.map(({ name }) => name));
});

test('list --method takes wrapped methods, and shows the cards of both', { timeout: 120_000 }, async () => {
  const { exitCode, stdout } = await runHere('list', ['--method', 'fp8(md,qr)']);
  expect(exitCode).toBe(0);
  for (const name of ['fp8', 'mixed-dimension', 'quotient-remainder'])
    expect(stdout).toMatch(new RegExp(`^ {2}${name}`, 'm'));
  expect((await runHere('list', ['--method', 'md(fp8)'])).stderr).toMatch(/^error: md\(fp8\): .*\n?$/);
});

test('list --method shows cards, with departures from the papers', { timeout: 120_000 }, async () => {
  const { exitCode, stdout } = await runHere('list', ['--method', 'md,int8']);
  expect(exitCode).toBe(0);
  const [first] = methods.find(({ name }) => name === 'mixed-dimension')!.departures;
  expect(stdout).toContain(`- ${first.what}: ${first.why}`);
  expect(stdout.match(/^ {6}departures from the paper$/gm)).toHaveLength(2);
  expect(stdout).not.toContain('robe');
});

test('doctor --json is one object; auto is a backend that is usable', { timeout: 120_000 }, async () => {
  const { stdout } = await runHere('doctor', ['--json']);
  const found = JSON.parse(stdout) as { chosen: string; backends: { name: string; ok: boolean }[] };
  expect(found.backends).toContainEqual(expect.objectContaining({ name: found.chosen, ok: true }));
});
