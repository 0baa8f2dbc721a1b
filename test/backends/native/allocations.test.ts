import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { addonFile } from '../../../backends/native/build.ts';
import { sanitized, sanitizer } from './addon.ts';
import { describeNative } from './describe-native.ts';

/** The Node that runs the tests, and those that EMBED_BENCH_NODES names: paths, joined as in PATH. */
const nodes = [process.execPath, ...(process.env.EMBED_BENCH_NODES ?? '').split(delimiter).filter(Boolean)];
const program = fileURLToPath(new URL('allocations.cjs', import.meta.url));
/** A sanitizer needs the address space for itself. */
const limited = !sanitized && existsSync('/usr/bin/prlimit');

type Outcome = [path: string, bytes: number, outcome: string];

const outOfMemory = /^RangeError: out of memory: \d+ bytes were asked for$/;
/** A shape that no array backs is refused before memory is allocated. */
const refused = /^RangeError: (out of memory: \d+ bytes were asked for|.*\b(shape|table|layout)\b.*)$/;

describeNative('memory that the system or Node refuses', () => {
  test.for(nodes)('is an error that names the bytes, in %s', { timeout: 60_000 }, async (node) => {
    const args = ['--expose-gc', program, addonFile(sanitizer), ...(limited ? ['limited'] : [])];
    const { stdout, stderr, exitCode, signal } = await execa(node, args, { reject: false });
    expect({ exitCode, signal, stderr }).toEqual({ exitCode: 0, signal: undefined, stderr: '' });
    const { outcomes, still } = JSON.parse(stdout) as { outcomes: Outcome[]; still: number };
    for (const [path, bytes, outcome] of outcomes)
      if (outcome !== 'given') expect(outcome, `${path}, ${bytes}`).toMatch(refused);
    const blocks = outcomes.filter(([path, , outcome]) => path === 'allocate' && outcome !== 'given');
    for (const [, bytes, outcome] of blocks)
      expect(outcome).toBe(`RangeError: out of memory: ${bytes} bytes were asked for`);
    expect(blocks.map(([, bytes]) => bytes)).toEqual(expect.arrayContaining([2 ** 50, 2 ** 53]));
    const ofWork = outcomes.filter(([path]) => path.endsWith(', refused'));
    expect(ofWork).toHaveLength(limited ? 4 : 0);
    for (const [path, , outcome] of ofWork) {
      expect(outcome, path).toMatch(outOfMemory);
      expect(outcomes).toContainEqual([path.replace(', refused', ''), 0, 'given']);
    }
    expect(still).toBe(64);
  });
});
