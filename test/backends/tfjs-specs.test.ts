import { describe, expect, test } from 'vitest';
import { backends } from '../../backends/index.ts';
import { isLong } from '../long.ts';
import { compare } from '../tfjs-specs/compare.ts';
import { specResultsOn } from '../tfjs-specs/results-on.ts';
import type { SpecResult } from '../tfjs-specs/spec-result.ts';
import { onlyForCpu, tested, untested, type Tested } from '../tfjs-specs/tested.ts';
import { adapterForTests } from './webgpu/adapter-for-tests.ts';

await adapterForTests().catch(() => undefined); // webgpu's probe then says the same

const cpu = { name: 'cpu', module: 'backends/cpu.ts' };
const standIn = (name: string) => ({
  ...{ name, module: 'test/tfjs-specs/stand-ins.ts', exceptions: onlyForCpu },
  own: '^(relu|add|matmul|Switching cpu backends) ',
});

/** A run takes seconds; minutes are for a machine that is busy with others. */
const timeout = 600_000;

const cpuRuns = new Map<string, Promise<SpecResult[]>>();
function onCpuOnce(only = '', reading: 'sync' | 'async' = 'sync') {
  const name = `${reading} ${only}`;
  const run = cpuRuns.get(name) ?? specResultsOn(cpu, only, reading);
  cpuRuns.set(name, run);
  return run;
}

async function expectWhatCpuPasses({ exceptions, knownFailures, reading, own, ...backend }: Tested) {
  const only = isLong ? '' : (own ?? '');
  const onCpu = await onCpuOnce(only, reading);
  const passed = onCpu.filter(({ outcome }) => outcome === 'passed').length;
  expect(passed).toBeGreaterThan(only === '' ? 4000 : 50);
  const here = await specResultsOn(backend, only, reading);
  // The exceptions list covers all specs, with reasons.
  const asked = new RegExp(only);
  const named = Object.fromEntries(Object.entries(exceptions).filter(([name]) => asked.test(name)));
  expect(compare(onCpu, here, named, knownFailures)).toEqual([]);
}

describe("tfjs-core's specs that pass on cpu pass on", { timeout }, () => {
  for (const backend of tested)
    test(backend.name, async ({ skip }) => {
      const { usable, detail } = await backends.find(({ name }) => name === backend.name)!.probe();
      skip(!usable, detail);
      await expectWhatCpuPasses(backend);
    });
  test('a stand-in, cpu under another name', () => expectWhatCpuPasses(standIn('renamed')));
  test('every backend but those left out for a reason', () => {
    const listed = [...tested.map(({ name }) => name), ...Object.keys(untested)];
    expect(listed.toSorted()).toEqual(backends.map(({ name }) => name).toSorted());
  });
});

describe('a fault is seen', { timeout }, () => {
  test('when a kernel is wrong: its specs fail, no others', async () => {
    const onCpu = (await onCpuOnce()).filter(({ name }) => name.startsWith('relu'));
    const lost = compare(onCpu, await specResultsOn(standIn('broken'), '^relu'));
    expect(lost).toContainEqual(expect.stringMatching(/^failed: relu backend \{\} basic/));
    expect(lost.filter((line) => !line.startsWith('failed: relu backend '))).toEqual([]);
  });
  test('when the process dies: with the spec it died in', async () => {
    await expect(specResultsOn(standIn('deadly'), '^relu')).rejects.toThrow(/SIGKILL.*spec: relu backend/s);
  });
});

describe('a comparison', () => {
  const passes = (name: string): SpecResult => ({ name, outcome: 'passed', failure: '' });
  const fails = (name: string): SpecResult => ({ name, outcome: 'failed', failure: '1 is not 2' });

  test('finds nothing where the same specs pass', () => {
    expect(compare([passes('a'), passes('b')], [passes('b'), passes('a')])).toEqual([]);
  });
  test('does not ask for what fails on the reference', () => {
    expect(compare([fails('a')], [fails('a')])).toEqual([]);
  });
  test('names a spec that fails only here, with what did not hold', () => {
    expect(compare([passes('a')], [fails('a')])).toEqual(['failed: a (1 is not 2)']);
  });
  test('names a spec that was not run, and a failure around specs', () => {
    const lost = compare([passes('a')], [fails('around all specs')]);
    expect(lost).toEqual(['not run: a', 'failed: around all specs (1 is not 2)']);
  });
  test('lets pass what fails for a known reason, and nothing else', () => {
    const known = [{ message: /^1 is not \d$/, reason: 'reason' }];
    expect(compare([passes('a')], [fails('a')], {}, known)).toEqual([]);
    const otherwise = { ...fails('a'), failure: '3 is not 2' };
    expect(compare([passes('a')], [otherwise], {}, known)).toEqual(['failed: a (3 is not 2)']);
    expect(compare([passes('a')], [], {}, known)).toEqual(['not run: a']);
    const ofOthers = [{ ...known[0], names: /^b/ }];
    expect(compare([passes('a')], [fails('a')], {}, ofOthers)).toEqual(['failed: a (1 is not 2)']);
  });
  test('lets an exception fail, and asks that it does', () => {
    const exceptions = { a: 'reason' };
    expect(compare([passes('a')], [fails('a')], exceptions)).toEqual([]);
    expect(compare([passes('a')], [passes('a')], exceptions)).toEqual(['an exception without need: a']);
    expect(compare([], [], exceptions)).toEqual(['an exception without need: a']);
  });
});
