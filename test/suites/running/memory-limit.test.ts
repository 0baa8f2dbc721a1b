import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { totalmem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { memoryLimit } from '../../../suites/running/memory-limit.ts';

const machine = 64e9;
const none = '9223372036854771712'; // version 1: no limit, in whole pages
let root = '';
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The limit of a machine with these files. */
function limitWith(files: Record<string, string>): number {
  root = mkdtempSync(join(tmpdir(), 'cgroup-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), `${text}\n`);
  }
  return memoryLimit(root, machine);
}

test('without control groups it is the memory of the machine', () => {
  expect(limitWith({})).toBe(machine);
  expect(memoryLimit()).toBeGreaterThan(0);
  expect(memoryLimit()).toBeLessThanOrEqual(totalmem());
});

test('version 2: the least of a group and those above it', () => {
  const group = 'sys/fs/cgroup/slurm/job_7/step_0';
  const own = { 'proc/self/cgroup': '0::/slurm/job_7/step_0' };
  expect(limitWith({ ...own, [`${group}/memory.max`]: 'max' })).toBe(machine);
  expect(limitWith({ ...own, [`${group}/memory.max`]: '8000000000' })).toBe(8e9);
  const above = { 'sys/fs/cgroup/slurm/job_7/memory.max': '4000000000', [`${group}/memory.max`]: 'max' };
  expect(limitWith({ ...own, ...above })).toBe(4e9);
  expect(limitWith({ ...own, [`${group}/memory.max`]: '128000000000' })).toBe(machine);
});

test('version 2 in a container: its group is the topmost one', () => {
  expect(limitWith({ 'proc/self/cgroup': '0::/', 'sys/fs/cgroup/memory.max': '2000000000' })).toBe(2e9);
  expect(
    limitWith({ 'proc/self/cgroup': '0::/pods/of/the/host', 'sys/fs/cgroup/memory.max': '2000000000' }),
  ).toBe(2e9);
});

test('version 1: the controller of memory, whichever it stands with', () => {
  const own = { 'proc/self/cgroup': '5:cpu:/a\n4:hugetlb,memory:/docker/7\n0::/' };
  const group = 'sys/fs/cgroup/memory/docker/7/memory.limit_in_bytes';
  expect(limitWith({ ...own, [group]: none })).toBe(machine);
  expect(limitWith({ ...own, [group]: '3000000000' })).toBe(3e9);
  expect(limitWith({ ...own, 'sys/fs/cgroup/memory/memory.limit_in_bytes': '5000000000' })).toBe(5e9);
  expect(limitWith({ 'proc/self/cgroup': '4:cpu:/docker/7', [group]: '3000000000' })).toBe(machine);
});
