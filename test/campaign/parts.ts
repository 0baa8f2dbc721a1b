import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missing as noAddon } from '../backends/native/addon.ts';
import { noSmallDisk } from './full-disk.ts';
import { arrayTasks } from './array-tasks.ts';
import { casesInAChild } from './in-a-child.ts';
import { kills } from './kills.ts';
import { locks } from './locks.ts';
import type { Part } from './part.ts';
import { soak } from './soak.ts';

/** A part whose cases a child process tries; see case-makers.ts. */
const inAChild = (part: Omit<Part, 'run' | 'hasCases'>): Part => ({
  ...part,
  hasCases: true,
  run: (limits) => casesInAChild(part.name, limits),
});

/** The kinds of faults, in the order in which they are tried. */
export const parts: readonly Part[] = [
  inAChild({ name: 'inputs', unit: 'mutated logs', share: 1, goal: 10_000 }),
  inAChild({ name: 'csv', unit: 'mutated CSV files', share: 1, goal: 10_000 }),
  inAChild({ name: 'parquet', unit: 'mutated Parquet files', share: 1, goal: 10_000 }),
  inAChild({ name: 'records', unit: 'mutated recordings', share: 2, goal: 5000 }),
  inAChild({ name: 'caches', unit: 'damaged caches', share: 2, goal: 2000 }),
  inAChild({
    ...{ name: 'calls', unit: 'calls of the add-on', share: 1, goal: 1_000_000 },
    missing: () => noAddon,
  }),
  inAChild({ name: 'disks', unit: 'full disks', share: 3, goal: 200, missing: withoutDisks }),
  locks,
  kills,
  arrayTasks,
  soak,
];

function withoutDisks(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'embed-bench-'));
  try {
    return noSmallDisk(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
