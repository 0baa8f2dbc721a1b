import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { kinds, type Outcome, type Part } from './part.ts';
import { parts } from './parts.ts';

/**
 * `npm run campaign`: attacks the project with faults and counts what was lost, crashed, silently accepted or hung. Prints a
 * line for every part; exit code 1 where anything was found. The same seed makes the same cases.
 */

const words = { lost: 'lost', crashed: 'crashed', accepted: 'silently accepted', hung: 'hung' } as const;

const number = (least: number) => (text: string) => {
  const value = Number(text);
  if (!(value >= least)) throw new InvalidArgumentError(`a number from ${least} up`);
  return value;
};

interface Options {
  readonly minutes: number;
  readonly long?: boolean;
  readonly seed: number;
  readonly part?: readonly string[];
  readonly case?: number;
}

const options = new Command('npm run campaign --')
  .description(
    'Attacks the project with faults: kills, full disks, damaged caches and records, mutated inputs.',
  )
  .option('--minutes <n>', 'time of the whole campaign, shared by its parts', number(0.1), 1)
  .option('--long', 'the counts of docs/reliability.md, however long they take')
  .option('--seed <n>', 'seed of the cases', number(0), 1)
  .option('--part <name...>', `parts to try: ${parts.map(({ name }) => name).join(', ')}`)
  .option('--case <n>', 'this case alone, of one part, as a finding names it', number(0))
  .parse()
  .opts<Options>();

const unknown = options.part?.find((asked) => parts.every(({ name }) => name !== asked));
if (unknown !== undefined) {
  console.error(`error: no part is named ${unknown}; there are ${parts.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const chosen = parts.filter(({ name }) => options.part?.includes(name) ?? true);
const shares = chosen.reduce((sum, { share }) => sum + share, 0);
const folder = mkdtempSync(join(tmpdir(), 'embed-bench-campaign-'));

async function tryPart(part: Part): Promise<Outcome> {
  const start = performance.now();
  const milliseconds = options.long ? Infinity : (options.minutes * 60_000 * part.share) / shares;
  return await part.run({
    seed: options.seed,
    until: start + Math.min(milliseconds, 1e9),
    cases: options.case !== undefined ? 1 : part.goal,
    first: options.case ?? 0,
    folder: join(folder, part.name),
  });
}

let found = 0;
try {
  for (const part of chosen) {
    const missing = part.missing?.();
    if (missing !== undefined) {
      console.log(`${part.name}: skipped: ${missing}`);
      continue;
    }
    const start = performance.now();
    const { tried, findings, notes = [] } = await tryPart(part);
    const seconds = Math.round((performance.now() - start) / 1000);
    const counts = kinds.map(
      (kind) => `${findings.filter((finding) => finding.kind === kind).length} ${words[kind]}`,
    );
    console.log(
      `${part.name}: ${tried} ${part.unit}: ${counts.join(', ')} (${[...notes, `${seconds} s`].join('; ')})`,
    );
    for (const { kind, what } of findings.slice(0, 20)) console.log(`  ${words[kind]}: ${what}`);
    found += findings.length;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = found > 0 ? 1 : 0;
